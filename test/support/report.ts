/** One line of the tables that a run prints. */
const lines: string[][] = [];

export function report(...cells: Array<string | number>): void {
	lines.push(cells.map(String));
}

/** The table of what was done and what came out. */
export function printReport(head: string[]): void {
	const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
	process.stdout.write(`\n${[row(head), row(head.map(() => '---')), ...lines.map(row)].join('\n')}\n`);
	lines.length = 0;
}
