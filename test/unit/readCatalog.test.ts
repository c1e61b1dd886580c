import { readCatalog } from '../../nodes/RunComfy/api/model/catalog';
import type { ApiCall, ApiTransport } from '../../nodes/RunComfy/transport/apiTransport';

/** A catalog of so many models that tells its total and its pages in some way. */
function serviceOf(count: number, told: (total: number) => object, largest = 500, knowsOffset = true) {
	const calls: ApiCall[] = [];
	const read = async (call: ApiCall) => {
		calls.push(call);
		const offset = knowsOffset ? Number(call.query?.offset) : 0;
		const size = Math.max(0, Math.min(largest, Number(call.query?.limit), count - offset));
		const models = Array.from({ length: size }, (_, index) => ({ model_id: `vendor/model-${offset + index}` }));
		return await Promise.resolve({ httpStatus: 200, headers: {}, text: '', json: { models, ...told(count) } });
	};
	return { calls, transport: { read } as unknown as ApiTransport };
}

describe('the whole catalog', () => {
	it.each<[string, object]>([
		['missing', {}],
		['null', { total: null }],
		['a text', { total: '620' }],
		['too small', { total: 12 }],
	])('is read where its total is %s', async (_what, told) => {
		const { transport, calls } = serviceOf(620, () => told);
		expect(await readCatalog(transport, {})).toHaveLength(620);
		expect(calls.map(({ query }) => query)).toEqual([
			{ limit: 500, offset: 0 },
			{ limit: 500, offset: 500 },
		]);
	});

	it('is read in the pages of the service, by its total or by their size', async () => {
		const byTotal = serviceOf(620, (total) => ({ total }), 100);
		expect(await readCatalog(byTotal.transport, {})).toHaveLength(620);
		expect(byTotal.calls).toHaveLength(7);
		const bySize = serviceOf(620, () => ({ limit: 100 }), 100);
		expect(await readCatalog(bySize.transport, {})).toHaveLength(620);
	});

	it('takes one call more where a full page is the last one', async () => {
		const { transport, calls } = serviceOf(1_000, () => ({}));
		expect(await readCatalog(transport, {})).toHaveLength(1_000);
		expect(calls).toHaveLength(3);
	});

	it('ends with a page that brings nothing new', async () => {
		const { transport, calls } = serviceOf(620, () => ({ total: 10_000 }), 500, false);
		expect(await readCatalog(transport, {})).toHaveLength(500);
		expect(calls).toHaveLength(2);
	});

	it('ends with an empty page, whatever the total says', async () => {
		const { transport, calls } = serviceOf(620, () => ({ total: 10_000 }));
		expect(await readCatalog(transport, {})).toHaveLength(620);
		expect(calls).toHaveLength(3);
	});

	it('ends after a hundred pages', async () => {
		const { transport, calls } = serviceOf(1_000_000, (total) => ({ total }));
		expect(await readCatalog(transport, {})).toHaveLength(50_000);
		expect(calls).toHaveLength(100);
	});

	it('is not read further than to the limit', async () => {
		const { transport, calls } = serviceOf(620, () => ({}));
		expect(await readCatalog(transport, {}, { limit: 510 })).toHaveLength(510);
		expect(calls.map(({ query }) => query?.limit)).toEqual([500, 10]);
	});

	it('takes what makes no sense for no model', async () => {
		const read = async () =>
			await Promise.resolve({
				httpStatus: 200,
				headers: {},
				text: '',
				json: { models: [null, { model_id: 12 }, { model_id: 'a/b' }, { model_id: 'a/b' }] },
			});
		expect(await readCatalog({ read } as unknown as ApiTransport, {})).toEqual([{ model_id: 'a/b' }]);
	});
});
