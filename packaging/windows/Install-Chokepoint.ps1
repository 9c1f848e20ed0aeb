# SPDX-License-Identifier: Apache-2.0
<#
.SYNOPSIS
Installs the agent as a service: copies chokepoint.exe, reserves its port, registers and starts the service.
.DESCRIPTION
Run as administrator in the unpacked folder. The port is taken out of the dynamic range (netsh excludedportrange), so that
no outgoing connection has it when the service starts. Written for Windows PowerShell 5.1. Not yet run on Windows by the
project: read what it does, it is short.
.PARAMETER ListenAddress
Where HTTP is served. 127.0.0.1 is for this host only; ":10421" is every address, and then a firewall rule is yours to make.
.PARAMETER Remove
Takes it all away again, but the configuration and the log.
#>
[CmdletBinding()]
param(
    [string]$ListenAddress = '127.0.0.1:10421',
    [string]$Target = "$env:ProgramFiles\chokepoint",
    [switch]$Remove
)
$ErrorActionPreference = 'Stop'
$state = "$env:ProgramData\chokepoint"
$program = Join-Path $Target 'chokepoint.exe'
$config = Join-Path $state 'chokepoint.yml'
$port = [int]($ListenAddress -replace '^.*:', '')

function Invoke-Checked {
    param([string]$Command, [string[]]$Arguments)
    & $Command @Arguments
    if ($LASTEXITCODE -ne 0) { throw "$Command $($Arguments -join ' ') ended with $LASTEXITCODE" }
}

# A range that is there already, or gone already, is no reason to stop: netsh tells it on its own.
function Set-PortReservation {
    param([string]$Verb)
    foreach ($family in 'ipv4', 'ipv6') {
        & netsh int $family $Verb excludedportrange protocol=tcp startport=$port numberofports=1 store=persistent | Out-Null
        if ($LASTEXITCODE -ne 0) { Write-Warning "netsh int $family $Verb excludedportrange for port ${port}: not done" }
    }
}

$principal = [Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent()
if (-not $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    throw 'Run this as administrator.'
}

if ($Remove) {
    Invoke-Checked $program @('service', 'remove')
    Set-PortReservation 'delete'
    Remove-Item -Recurse -Force $Target
    return
}

New-Item -ItemType Directory -Force $Target, $state | Out-Null
# The log and what SNMP keeps are for administrators and the system: nothing is inherited from ProgramData.
Invoke-Checked 'icacls' @($state, '/inheritance:r', '/grant:r', '*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F')
Copy-Item -Force (Join-Path $PSScriptRoot 'chokepoint.exe') $program
# Where the scheduled task of chokepoint-exchange-task.xml looks for it.
Copy-Item -Force (Join-Path $PSScriptRoot 'Export-ExchangeState.ps1') $state
if (-not (Test-Path $config)) { Copy-Item (Join-Path $PSScriptRoot 'chokepoint.example.yml') $config }
Invoke-Checked $program @('config', 'check', $config)
Set-PortReservation 'add'
Invoke-Checked $program @('service', 'install', "--web.listen-address=$ListenAddress", "--config.file=$config")
Invoke-Checked $program @('service', 'start')
