import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { resources } from '../../nodes/RunComfy/actions/router';

const ROOT = resolve(__dirname, '..', '..');
const docs = [
	'README.md',
	'CHANGELOG.md',
	...readdirSync(join(ROOT, 'docs'))
		.filter((name) => name.endsWith('.md'))
		.map((name) => `docs/${name}`),
];
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8');
const runs = [read('test', 'e2e', 'commands.test.ts'), read('.ci', 'run'), read('.github', 'workflows', 'ci.yml')].join(
	'\n',
);
/** Parts of a bench that take many minutes: what names them is looked at instead of run. */
const longBenches = /^npm run bench(?: -- (\w+)(?: --only \w+)?)?$/;

function isRun(command: string): boolean {
	const [, file] = /^npx jest (\w+)$/.exec(command) ?? [];
	if (file !== undefined)
		return ['unit', 'engine'].some((folder) => existsSync(join(ROOT, 'test', folder, `${file}.test.ts`)));
	const [, endToEnd] = /^npm run test:e2e -- (\w+)$/.exec(command) ?? [];
	if (endToEnd !== undefined) return existsSync(join(ROOT, 'test', 'e2e', `${endToEnd}.test.ts`));
	const [, script = ''] = /^npm (?:run )?([\w:]+)/.exec(command) ?? [];
	if (scripts[script] === undefined) return false;
	const [isBench, bench] = longBenches.exec(command) ?? [];
	if (isBench !== undefined)
		return bench === undefined || read('scripts', 'bench.mjs').includes(`${bench}: 'test/bench/`);
	const ends = new RegExp(`${command.replace(/\d+/g, '\\S+')}(?=$|[\\s'"\`,])`, 'm');
	return ends.test(runs);
}

describe.each(docs)('%s', (path) => {
	const text = readFileSync(join(ROOT, path), 'utf8');
	const all = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, match]) => match ?? '');

	it('has JSON that can be read', () => {
		for (const json of all(/```json\n([\s\S]*?)```/g)) expect(() => JSON.parse(json) as unknown).not.toThrow();
	});

	it('names commands that CI or a test runs as they stand there', () => {
		const commands = all(/((?:npm (?:start|test|run [\w:]+)|npx jest \w+)(?: -- [^`\n]+)?)/g).map((command) =>
			command.trim(),
		);
		expect(commands.filter((command) => !isRun(command))).toEqual([]);
	});

	it('names files and folders that there are', () => {
		const links = all(/\]\(([^)#]+)(?:#[^)]*)?\)/g).filter((link) => !/^[a-z]+:/.test(link));
		expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([]);
		const tests = all(/`((?:unit|engine)\/\w+)`/g).filter(
			(name) => !existsSync(join(ROOT, 'test', `${name}.test.ts`)),
		);
		expect(tests).toEqual([]);
	});
});

describe('the README', () => {
	const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

	it('is short enough to be read', () => {
		expect(readme.trimEnd().split('\n').length).toBeLessThan(250);
	});

	it('lists every operation and every failure', () => {
		const names = Object.values(resources).flatMap(({ description }) =>
			description
				.filter(({ name }) => name === 'operation')
				.flatMap(({ options = [] }) => options.map(({ name }) => name)),
		);
		expect(names.filter((name) => !readme.includes(name))).toEqual([]);
		const codes = [
			...readFileSync(join(ROOT, 'nodes/RunComfy/shared/failure.ts'), 'utf8').matchAll(/\| '([a-z_]+)'/g),
		]
			.map(([, code]) => code ?? '')
			.filter((code) => !['yes', 'no', 'unknown'].includes(code));
		expect(codes.length).toBeGreaterThan(10);
		expect(codes.filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
	});
});
