import { faultFromCode, NetworkError, type ApiResponse } from '../../nodes/RunComfy/transport/apiResponse';
import {
	isSafeToSubmitAgain,
	isWorthRepeating,
	repeatDelayMs,
	retryAfterMs,
} from '../../nodes/RunComfy/transport/retryPolicy';

const answer = (httpStatus: number, text = '{}', headers = {}): ApiResponse => {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		json = undefined;
	}
	return { httpStatus, headers, text, json };
};

describe('network faults', () => {
	it.each([
		['ECONNREFUSED', 'unreachable', true],
		['ENOTFOUND', 'unreachable', true],
		['EAI_AGAIN', 'unreachable', true],
		['DEPTH_ZERO_SELF_SIGNED_CERT', 'unreachable', false],
		['CERT_HAS_EXPIRED', 'unreachable', false],
		['ERR_TLS_CERT_ALTNAME_INVALID', 'unreachable', false],
		['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unreachable', false],
		['EPROTO', 'lost', false],
		['ERR_SSL_WRONG_VERSION_NUMBER', 'lost', false],
		['ECONNABORTED', 'timeout', false],
		['ETIMEDOUT', 'timeout', false],
		['ECONNRESET', 'lost', false],
		['EPIPE', 'lost', false],
		['ERR_BAD_RESPONSE', 'lost', false],
		['unknown', 'lost', false],
	])('%s is %s; a submit may be sent again: %s', (code, kind, again) => {
		const fault = faultFromCode(code);
		expect(fault.kind).toBe(kind);
		expect(isSafeToSubmitAgain(fault)).toBe(again);
		expect(isWorthRepeating(fault)).toBe(true);
	});
});

describe('responses', () => {
	it.each([
		[200, '{}', false],
		[200, '{"a":', true],
		[200, '', true],
		[200, '<html></html>', true],
		[200, '{"error_code":500001}', true],
		[200, '{"error_code":404001}', false],
		[404, '{}', false],
		[408, '', true],
		[429, '', true],
		[500, '', true],
		[302, '', false],
	])('HTTP %d with "%s" is worth another read: %s', (status, text, again) =>
		expect(isWorthRepeating(answer(status, text))).toBe(again),
	);

	it('allow another submit only when they say "too many calls"', () => {
		expect([200, 400, 408, 429, 500, 503].filter((status) => isSafeToSubmitAgain(answer(status)))).toEqual([429]);
	});
});

describe('the pause', () => {
	it('doubles, with jitter, up to ten seconds', () => {
		const fault = new NetworkError('lost', 'ECONNRESET');
		expect([0, 1, 2].map((repeat) => repeatDelayMs(repeat, fault, 0.5))).toEqual([500, 1000, 2000]);
		expect(repeatDelayMs(0, fault, 0)).toBe(375);
		expect(repeatDelayMs(20, fault, 1)).toBe(10_000);
	});

	it('is what Retry-After asks for', () => {
		const asks = (header: string) =>
			repeatDelayMs(0, { ...answer(429), retryAfterMs: retryAfterMs(header, Date.UTC(2026, 0, 1)) }, 0);
		expect(asks('7')).toBe(7_000);
		expect(asks('600')).toBe(600_000);
		expect(asks('Thu, 01 Jan 2026 00:00:12 GMT')).toBe(12_000);
		expect(asks('soon')).toBe(375);
	});

	it.each([
		[undefined, undefined],
		['', undefined],
		['0', 0],
		['-3', 0],
		['1.5', 1500],
		['soon', undefined],
	])('Retry-After "%s" is %s ms', (header, ms) => expect(retryAfterMs(header, 0)).toBe(ms));
});
