import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { readExampleFile, RECIPES } from '../e2e/examples';

/* What each recipe promises on the canvas and in the docs. That they work is tested in a real n8n. */
const page = readFileSync(join(resolve(__dirname, '..', '..'), 'docs', 'recipes.md'), 'utf8');

interface Parameters {
	resource?: string;
	operation?: string;
	content?: string;
	options?: { spendLimit?: number };
}

interface RecipeNode {
	type: string;
	parameters: Parameters;
	credentials?: Record<string, unknown>;
}

const nodesOf = (file: (typeof RECIPES)[number]): RecipeNode[] =>
	readExampleFile(file).nodes.map(({ type, parameters, credentials }) => ({ type, parameters, credentials }));

/** A node that submits a model request. Deployments have no price per request, so they have no limit either. */
const isPaid = (type: string, { resource = 'request', operation = 'submitAndWait' }: Parameters) =>
	type.startsWith('n8n-nodes-runcomfy.') && resource === 'request' && operation.startsWith('submit');

it('are ten, each with a section in the order of the list', () => {
	const sections = page.split(/^## /m).slice(1);
	expect(sections.map((section) => /\.\.\/examples\/([\w-]+\.json)/.exec(section)?.[1])).toEqual([...RECIPES]);
	expect(RECIPES).toHaveLength(10);
	for (const section of sections) expect(section).toMatch(/- \*\*Change:\*\*[^]*- \*\*Cost:\*\*/);
});

it('pay for model requests, but for two', () => {
	const paying = RECIPES.filter((file) => nodesOf(file).some(({ type, parameters }) => isPaid(type, parameters)));
	expect(RECIPES.filter((file) => !paying.includes(file))).toEqual(['deployment.json', 'collect-after-stop.json']);
});

describe.each(RECIPES)('%s', (file) => {
	it('has a note with what it does, costs and what to change', () => {
		const notes = nodesOf(file).filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		expect(notes.map(({ parameters }) => parameters.content)).toEqual([
			expect.stringMatching(/^.+\n\n\*\*Cost:\*\* .+\n\n\*\*Change:\*\* .+$/),
		]);
	});

	it('has a Spend Limit on each paid node, as the docs say', () => {
		const row = page.split('\n').find((line) => line.startsWith('| [') && line.includes(`| ${file} |`)) ?? '';
		for (const { type, parameters } of nodesOf(file).filter((node) => isPaid(node.type, node.parameters))) {
			expect([type, parameters.options?.spendLimit]).toEqual([type, expect.any(Number)]);
			expect(row).toContain(`| ${(parameters.options?.spendLimit ?? 0).toFixed(2).replace('.00', '')} USD per `);
		}
	});

	it('has no data of a credential', () => {
		const credentials = nodesOf(file).flatMap((node) => Object.entries(node.credentials ?? {}));
		expect(credentials.length).toBeGreaterThan(0);
		for (const entry of credentials) expect(entry).toEqual(['runComfyApi', { id: '1', name: 'RunComfy account' }]);
	});
});
