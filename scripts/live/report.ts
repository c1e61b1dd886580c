import { objectOf, type BaseUrls, type Exchange } from './client';
import type { SourceMark } from './facts';
import type { Findings } from './findings';

/** Headers whose values say how the service works; of all others only the names are reported. */
const TELLING = /^(retry-after|content-type|content-encoding|cache-control|x-ratelimit.*|ratelimit.*)$/;

/** What was done, for the head of the report. */
export interface ReportHead {
	urls: BaseUrls;
	date: string;
	/** What was tried besides the free calls. */
	paid: string[];
	spentUsd: number;
	/** Why the check ended early. */
	problem?: string;
}

/** Writes the report in Markdown. It still holds what only `redactorFor` removes. */
export function writeReport(head: ReportHead, findings: Findings, exchanges: readonly Exchange[]): string {
	const { facts } = findings;
	const count = (verdict: string) => facts.filter(({ id }) => findings.of(id)?.verdict === verdict).length;
	const tried = count('confirmed') + count('contradicted');
	return [
		'# RunComfy live check',
		'',
		`${head.date}, Node ${process.versions.node}, ${head.urls.model} and ${head.urls.platform}`,
		'',
		`Tried: ${['free calls', ...head.paid].join(', ')}. Spent: ${head.spentUsd} USD.`,
		`Of ${facts.length} facts (docs/facts.md): ${count('confirmed')} confirmed, ${count('contradicted')} contradicted, ${facts.length - tried} not tried.`,
		...(head.problem ? ['', `**Ended early:** ${head.problem}`] : []),
		...section('Inferred facts', ['ID', 'Fact', 'Verdict', 'Seen'], factRows(findings, ['inferred'], true)),
		...section(
			'Documented facts and facts seen in clients',
			['ID', 'Fact', 'Verdict', 'Seen'],
			factRows(findings, ['documented', 'seen'], false),
		),
		...section('Measured', ['What', 'Value'], findings.measured),
		...section('Calls', ['Call', 'HTTP', 'error_code', 'ms', 'Bytes'], exchanges.map(callRow)),
		...section('Response headers', ['Header', 'Values'], headerRows(exchanges)),
		'',
	].join('\n');
}

function factRows(findings: Findings, sources: SourceMark[], withUntried: boolean): string[][] {
	return findings.facts
		.filter(({ source }) => sources.includes(source))
		.map(({ id, text }) => ({ id, text, finding: findings.of(id) }))
		.filter(({ finding }) => withUntried || finding !== undefined)
		.map(({ id, text, finding }) => [
			`\`${id}\``,
			text,
			finding?.verdict === 'contradicted' ? '**contradicted**' : (finding?.verdict ?? 'not tried'),
			finding?.seen ?? '',
		]);
}

function callRow(exchange: Exchange): string[] {
	const { method, path, status, networkError, elapsedMs, bytes } = exchange;
	const code = objectOf(exchange).error_code;
	return [
		`${method} ${path}`,
		status === 0 ? (networkError ?? 'no answer') : String(status),
		code === undefined ? '' : String(code),
		String(Math.round(elapsedMs)),
		String(bytes),
	];
}

function headerRows(exchanges: readonly Exchange[]): string[][] {
	const values = new Map<string, Set<string>>();
	for (const { headers } of exchanges)
		for (const [name, value] of Object.entries(headers)) {
			const known = values.get(name) ?? new Set<string>();
			values.set(name, TELLING.test(name) ? known.add(value) : known);
		}
	return [...values]
		.sort(([one], [other]) => one.localeCompare(other))
		.map(([name, seen]) => [name, [...seen].join(', ')]);
}

function section(title: string, columns: string[], rows: string[][]): string[] {
	if (rows.length === 0) return [];
	const line = (cells: string[]) =>
		`| ${cells.map((cell) => cell.replace(/\s+/g, ' ').replaceAll('|', '\\|')).join(' | ')} |`;
	return ['', `## ${title}`, '', line(columns), line(columns.map(() => '---')), ...rows.map(line)];
}
