import type { INodeExecutionData } from 'n8n-workflow';

import { includeInputFields } from '../../nodes/RunComfy/execution/inputFields';

const item = (index: number, json: object): INodeExecutionData => ({
	json: json as never,
	pairedItem: { item: index },
});

describe('input fields of many items', () => {
	it('are added to the items they belong to, with pauses for other work', async () => {
		let time = 0;
		let sleeps = 0;
		const clock = {
			now: () => (time += 6),
			date: () => 0,
			sleep: async () => await Promise.resolve(void sleeps++),
		};
		const outputs = [2, 0, 1, 1].map((index) => item(index, { request_id: `r${index}` }));
		const inputs = ['a', 'b', 'c'].map((sku) => ({ json: { sku } }));
		const included = await includeInputFields(clock, outputs, (index) => (index === 0 ? undefined : inputs[index]));

		expect(included.map(({ json }) => json)).toEqual([
			{ sku: 'c', request_id: 'r2' },
			{ request_id: 'r0' },
			{ sku: 'b', request_id: 'r1' },
			{ sku: 'b', request_id: 'r1' },
		]);
		expect(sleeps).toBeGreaterThan(0);
	});

	it('named like parts of JavaScript are fields like any other', async () => {
		const json = JSON.parse('{"__proto__":{"polluted":1},"constructor":2,"toString":3}') as object;
		const [included] = await includeInputFields(
			{ now: () => 0, date: () => 0, sleep: async () => await Promise.resolve() },
			[item(0, { request_id: 'r' })],
			() => item(0, json),
		);

		expect(JSON.stringify(included?.json)).toBe(
			'{"__proto__":{"polluted":1},"constructor":2,"toString":3,"request_id":"r"}',
		);
		expect(Object.getPrototypeOf(included?.json)).toBe(Object.prototype);
	});
});
