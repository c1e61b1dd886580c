import type { FaultAction } from '../../simulator/faults';

/** Every way in which a call can go wrong, by a name for test titles. */
export const FAULT_KINDS: Readonly<Record<string, FaultAction>> = {
	drop: { type: 'drop' },
	hang: { type: 'hang' },
	delay: { type: 'delay', ms: 2_000 },
	'half an answer': { type: 'truncate', share: 0.5 },
	'an answer cut on the way': { type: 'cut', share: 0.5 },
	'an empty 200': { type: 'answer', status: 200, body: '' },
	'a web page': { type: 'answer', status: 200, body: '<html></html>' },
	'an unknown error code': { type: 'answer', status: 200, body: '{"error_code":500001}' },
	'a redirect': { type: 'answer', status: 302, headers: { location: 'https://example.com/' } },
	'HTTP 404': { type: 'answer', status: 404, body: '{}' },
	'HTTP 408': { type: 'answer', status: 408, body: '{}' },
	'HTTP 429': { type: 'answer', status: 429, headers: { 'retry-after': '1' } },
	'HTTP 500': { type: 'answer', status: 500, body: '{"message":"boom"}' },
	'HTTP 503': { type: 'answer', status: 503, body: 'busy' },
};
