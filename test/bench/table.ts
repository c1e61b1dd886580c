/** Prints a Markdown table, ready for docs/performance.md. */
export function printTable(head: string[], rows: string[][]): void {
	printTableHead(head);
	rows.forEach(printTableRow);
}

/** Begins a table whose rows come one by one. */
export function printTableHead(head: string[]): void {
	printTableRow(head);
	printTableRow(head.map(() => '---'));
}

export function printTableRow(cells: string[]): void {
	console.log(`| ${cells.join(' | ')} |`);
}
