import { base64Length, type BinaryInput } from '../../nodes/RunComfy/actions/steps/binaryInputs';
import { encodeBody, encodedBytes } from '../../nodes/RunComfy/actions/steps/encodeBody';
import { SimulatedClock } from '../support/simulatedClock';

const BYTES = Buffer.from('a file of some bytes');

/** A file that was looked at as `BYTES`, and holds something else by now. */
function file(now: Buffer = BYTES): BinaryInput {
	const text = now.toString('base64');
	return {
		field: 'image_url',
		placeholder: 'placeholder-1',
		probe: { kind: 'inspected', facts: {} },
		fileName: 'a.png',
		mimeType: 'image/png',
		bytes: BYTES.length,
		prefix: 'data:image/png;base64,',
		async *base64() {
			for (let at = 0; at < text.length; at += 8) yield text.slice(at, at + 8);
		},
	};
}

const inputOf = (given: BinaryInput) => ({
	body: { prompt: 'ä boat', images: [given.placeholder], seed: 12345678901234567890n, none: undefined },
	files: [given],
});

describe('the body of a submit', () => {
	it('holds the bytes of its files and all digits of its numbers', async () => {
		const text = (await encodeBody(new SimulatedClock(), inputOf(file()))).toString();

		expect(text).toBe(
			`{"prompt":"ä boat","images":["data:image/png;base64,${BYTES.toString('base64')}"],"seed":12345678901234567890}`,
		);
		expect(encodedBytes(inputOf(file()))).toBeGreaterThanOrEqual(base64Length(BYTES.length));
	});

	it.each([
		['longer', Buffer.concat([BYTES, BYTES])],
		['longer by next to nothing', Buffer.concat([BYTES, Buffer.from('more')])],
		['shorter', BYTES.subarray(0, 5)],
		['empty', Buffer.alloc(0)],
	])('is not made of a file that is %s by now', async (_what, now) => {
		await expect(encodeBody(new SimulatedClock(), inputOf(file(now)))).rejects.toMatchObject({
			details: {
				code: 'invalid_input',
				charged: 'no',
				message: 'The file for "image_url" changed while it was being read',
			},
		});
	});
});
