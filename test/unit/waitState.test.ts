import { modelJob } from '../../nodes/RunComfy/shared/job';
import {
	isOver,
	ownData,
	readState,
	stateIn,
	STATE_KEY,
	withState,
	type WaitingRequest,
	type WaitState,
} from '../../nodes/RunComfyDurable/waitState';

const request: WaitingRequest = { job: modelJob('r'), since: 0, deadline: 1, isOwn: true, warnings: [] };
const refused = {
	failure: { message: 'no', code: 'invalid_input' as const, retryable: false, charged: 'no' as const },
	executionId: '7',
};

describe('the state of an item in a durable wait', () => {
	it.each([[undefined], [null], ['text'], [5]])('is none where its place holds %j', (value) => {
		expect(readState({ json: { [STATE_KEY]: value } })).toBeUndefined();
	});

	it('is read as it was written, among the data of the item', () => {
		const json = withState({ json: { name: 'a' } }, { request });
		expect(json.name).toBe('a');
		expect(readState({ json })).toEqual({ request });
		expect(ownData({ json: { ...json, error: 'an earlier one' } })).toEqual({ name: 'a' });
	});

	it('is not hidden by an error that n8n would put in its place', () => {
		const error = { message: 'upstream' };
		expect(Object.keys(withState({ json: { $json: {}, $error: error } }, {}))).toEqual(['$json', STATE_KEY]);
		expect(withState({ json: { $error: error } }, {}).$error).toEqual(error);
	});

	it.each<[string, WaitState, WaitState]>([
		['a request that goes on', { request }, { request }],
		[
			'one whose end was seen',
			{ request: { ...request, isOver: true } },
			{ request: { ...request, isOver: true } },
		],
		[
			'a bad end of this execution',
			{ request: { ...request, failedIn: '7' } },
			{ request: { ...request, failedIn: '7' } },
		],
		['a bad end of another one', { request: { ...request, failedIn: '6' } }, {}],
		['a refusal of this execution', { refused }, { refused }],
		['a refusal of another one', { refused: { ...refused, executionId: '6' } }, {}],
		['nothing', {}, {}],
	])('counts in an execution: %s', (_what, state, counted) => expect(stateIn('7', state)).toEqual(counted));

	it.each<[WaitState, boolean]>([
		[{}, false],
		[{ request }, false],
		[{ request: { ...request, isOver: true } }, true],
		[{ refused }, true],
	])('%j is over: %s', (state, over) => expect(isOver(state)).toBe(over));
});
