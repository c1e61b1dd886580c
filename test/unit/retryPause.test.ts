import { endRetryPause, listenInRetryPause } from '../../nodes/RunComfy/n8n/retryPause';

describe('Stop between two tries of a node', () => {
	it('is heard once, by the last try of each node', () => {
		const stop = new AbortController();
		const heard: string[] = [];
		listenInRetryPause(stop.signal, 'one', () => heard.push('first try of one'));
		listenInRetryPause(stop.signal, 'one', () => heard.push('second try of one'));
		listenInRetryPause(stop.signal, 'other', () => heard.push('other'));
		stop.abort();

		expect(heard).toEqual(['second try of one', 'other']);
	});

	it('is not heard any more when the next try has begun', () => {
		const stop = new AbortController();
		const heard: string[] = [];
		listenInRetryPause(stop.signal, 'one', () => heard.push('one'));
		endRetryPause(stop.signal, 'one');
		endRetryPause(stop.signal, 'one');
		stop.abort();

		expect(heard).toEqual([]);
	});
});
