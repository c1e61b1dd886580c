/** Prints a Markdown table, ready for docs/performance.md. */
export function printTable(head: string[], rows: string[][]): void {
	const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
	console.log([line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n'));
}
