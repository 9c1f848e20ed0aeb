# SPDX-License-Identifier: Apache-2.0
<#
.SYNOPSIS
Writes queues, connection limits and back pressure of this Exchange server to a JSON file for chokepoint.

.DESCRIPTION
For a scheduled task, every 1 to 5 minutes, under an account with the role View-Only Organization Management:

    schtasks /create /tn chokepoint-exchange /sc minute /mo 2 /ru SYSTEM /tr ^
        "powershell -NoProfile -ExecutionPolicy Bypass -File C:\ProgramData\chokepoint\Export-ExchangeState.ps1"

The file is written whole and then renamed, so that a reader never sees half of it. Its age is the freshness of all that
is in it: where a cmdlet fails nothing is written, the file grows old, and the agent says so. Works with Exchange 2007 to
Exchange Server SE, on Mailbox, Hub Transport and Edge Transport servers.

.PARAMETER Path
The file; the setting mail.exchange[].json of the agent names it.

.PARAMETER OldestMessages
Asks each queue that holds messages for its oldest one: one more cmdlet for each such queue.
#>
param(
    [string] $Path = "$env:ProgramData\chokepoint\exchange.json",
    [switch] $OldestMessages
)
$ErrorActionPreference = 'Stop'
$WarningPreference = 'SilentlyContinue'

foreach ($snapin in 'Microsoft.Exchange.Management.PowerShell.SnapIn', 'Microsoft.Exchange.Management.PowerShell.E2010',
                    'Microsoft.Exchange.Management.PowerShell.Admin') {
    if (-not (Get-Command Get-ReceiveConnector -ErrorAction SilentlyContinue)) {
        Add-PSSnapin $snapin -ErrorAction SilentlyContinue
    }
}

# Unlimited<T>, time spans and enumerations as texts: the same for every version of PowerShell and ConvertTo-Json.
function ConvertTo-Plain($value) {
    if ($null -eq $value) { return $null }
    if ($value -is [bool] -or $value -is [int] -or $value -is [long] -or $value -is [double]) { return $value }
    if ($value -is [datetime]) { return $value.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ') }
    if ($value -is [System.Collections.IEnumerable] -and $value -isnot [string]) {
        return , @($value | ForEach-Object { "$_" })
    }
    return "$value"
}

function Select-Plain($object, [string[]] $names) {
    $row = @{}
    foreach ($name in $names) {
        if ($object.PSObject.Properties[$name]) { $row[$name] = ConvertTo-Plain $object.$name }
    }
    return $row
}

function Get-Oldest($queue) {
    $message = Get-Message -Queue $queue.Identity -SortOrder '+DateReceived' -ResultSize 1 -ErrorAction SilentlyContinue
    if ($message) { return ConvertTo-Plain (@($message)[0].DateReceived) }
}

# Low, Medium or High for each resource. Older versions tell it in events 15004 to 15007 only.
function Get-BackPressure {
    if (-not (Get-Command Get-ExchangeDiagnosticInfo -ErrorAction SilentlyContinue)) { return @() }
    $answer = Get-ExchangeDiagnosticInfo -Process EdgeTransport -Component ResourceThrottling -ErrorAction SilentlyContinue
    $meters = ([xml] "$(if ($answer.Result) { $answer.Result } else { $answer })").SelectNodes('//ResourceMeter')
    foreach ($meter in $meters) {
        @{ Resource = $meter.Resource; CurrentResourceUse = $meter.CurrentResourceUse
           CurrentPressure = $meter.CurrentPressure }
    }
}

$name = $env:COMPUTERNAME
$server = Get-ExchangeServer -Identity $name
$transport = if (Get-Command Get-TransportService -ErrorAction SilentlyContinue) { Get-TransportService -Identity $name }
             else { Get-TransportServer -Identity $name }

$queues = foreach ($queue in Get-Queue -ResultSize 1000) {
    $row = Select-Plain $queue @('Identity', 'DeliveryType', 'Status', 'MessageCount', 'NextHopDomain', 'LastError',
                                 'NextRetryTime', 'Velocity', 'IncomingRate', 'OutgoingRate')
    if ($OldestMessages -and $queue.MessageCount -gt 0) { $row['OldestMessage'] = Get-Oldest $queue }
    $row
}
$receive = foreach ($connector in Get-ReceiveConnector -Server $name) {
    Select-Plain $connector @('Name', 'Enabled', 'Bindings', 'RemoteIPRanges', 'TransportRole', 'MaxInboundConnection',
                              'MaxInboundConnectionPerSource', 'MaxInboundConnectionPercentagePerSource',
                              'ConnectionInactivityTimeout', 'ConnectionTimeout', 'MaxProtocolErrors', 'TarpitInterval',
                              'MessageRateLimit')
}
$send = foreach ($connector in Get-SendConnector) {
    Select-Plain $connector @('Name', 'Enabled', 'ConnectionInactivityTimeOut', 'SmtpMaxMessagesPerConnection')
}

$state = @{
    schema = 1
    server = $name
    version = "$($server.AdminDisplayVersion)"
    edge = [bool] $server.IsEdgeServer
    queues = @($queues)
    receive_connectors = @($receive)
    send_connectors = @($send)
    transport = Select-Plain $transport @('MaxConcurrentMailboxDeliveries', 'MaxConcurrentMailboxSubmissions',
                                          'MaxConnectionRatePerMinute', 'MaxOutboundConnections',
                                          'MaxPerDomainOutboundConnections', 'PickupDirectoryMaxMessagesPerMinute')
    back_pressure = @(Get-BackPressure)
}

# ConvertTo-Json came with PowerShell 3; Exchange 2007 and 2010 may have 2.
if (Get-Command ConvertTo-Json -ErrorAction SilentlyContinue) {
    $json = ConvertTo-Json $state -Depth 6 -Compress
} else {
    Add-Type -AssemblyName System.Web.Extensions
    $json = (New-Object System.Web.Script.Serialization.JavaScriptSerializer).Serialize($state)
}
$directory = Split-Path -Parent $Path
if (-not (Test-Path $directory)) { New-Item -ItemType Directory -Path $directory | Out-Null }
$new = "$Path.new"
[IO.File]::WriteAllText($new, $json, (New-Object Text.UTF8Encoding $false))
Move-Item -Force $new $Path
