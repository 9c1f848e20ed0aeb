// SPDX-License-Identifier: Apache-2.0
// Parses PowerShell scripts with the grammar that editors use: prints every place that is no PowerShell, and ends with 1 if
// there is one.   node powershell.js DIRECTORY_OF_NODE_MODULES SCRIPT...
'use strict';
const fs = require('fs');
const path = require('path');

const wasm = path.join(process.argv[2], 'node_modules/@vscode/tree-sitter-wasm/wasm');
const {Parser, Language} = require(path.join(wasm, 'tree-sitter.js'));

function* defects(node) {
    if (node.isError || node.isMissing)
        yield node;
    for (let i = 0; i < node.childCount; i++)
        yield* defects(node.child(i));
}

async function main() {
    await Parser.init({locateFile: file => path.join(wasm, file)});
    const parser = new Parser();
    parser.setLanguage(await Language.load(path.join(wasm, 'tree-sitter-powershell.wasm')));
    for (const script of process.argv.slice(3)) {
        for (const node of defects(parser.parse(fs.readFileSync(script, 'utf8')).rootNode)) {
            const place = node.startPosition;
            console.log(`${script}:${place.row + 1}:${place.column + 1}: ${node.isMissing ? `no ${node.type}` : node.text}`);
            process.exitCode = 1;
        }
    }
}

main().catch(error => {
    console.error(error);
    process.exitCode = 2;
});
