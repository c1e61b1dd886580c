import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FACTS = join(resolve(__dirname, '..', '..'), 'docs', 'facts.md');
const MARKS = ['documented', 'seen', 'inferred'] as const;

/** Where a fact about RunComfy comes from. */
export type SourceMark = (typeof MARKS)[number];

/** One line of docs/facts.md. */
export interface Fact {
	id: string;
	text: string;
	source: SourceMark;
	/** `file:name` below test/simulator, or `settings.name`, `habits.name`, `deployments.name`, `webhooks.name`. */
	simulator: string;
	/** `unit/name` or `engine/name`. */
	test: string;
	/** Words of that test; undefined where it uses the setting of the simulator. */
	evidence: string | undefined;
}

/** Reads the tables of docs/facts.md. @throws Error naming the line that is not a fact */
export function readFacts(markdown = readFileSync(FACTS, 'utf8')): Fact[] {
	return markdown
		.split('\n')
		.filter((line) => line.startsWith('| `'))
		.map(toFact);
}

function toFact(line: string): Fact {
	const cells = line
		.split('|')
		.slice(1, -1)
		.map((cell) => cell.trim());
	const [id = '', text = '', mark = '', simulator = '', test = ''] = cells;
	const source = MARKS.find((known) => known === mark);
	if (cells.length !== 5 || source === undefined) throw new Error(`Not a fact of docs/facts.md: ${line}`);
	const [, file = '', evidence] = /^`([^`]+)`(?: \(`([^`]+)`\))?$/.exec(test) ?? [];
	const plain = (cell: string) => cell.replace(/^`|`$/g, '');
	return { id: plain(id), text, source, simulator: plain(simulator), test: file, evidence };
}
