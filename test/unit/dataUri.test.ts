import { probeDataUri } from '../../nodes/RunComfy/media/probeDataUri';
import type { Clock } from '../../nodes/RunComfy/shared/clock';
import { INPUT_IMAGE, readMedia } from '../simulator/media';

/** Time that passes by a millisecond at each look at it; so long work shows in how often others had their turn. */
function countingClock(): Clock & { turns: number } {
	let now = 0;
	return {
		turns: 0,
		now: () => (now += 1),
		date: () => 0,
		async sleep() {
			this.turns += 1;
		},
	};
}

const look = async (uri: string) => await probeDataUri(uri, countingClock());
const picture = readMedia(INPUT_IMAGE).bytes;
const video = readMedia('video-720p-121.mp4').bytes;
const uri = (bytes: Buffer | string, type = 'image/jpeg') =>
	`data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
const percent = (bytes: Buffer) => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const facts = { bytes: picture.length, mimeType: 'image/jpeg', width: 1280, height: 720 };

describe('a file in a data URI', () => {
	const base64 = picture.toString('base64');
	it.each<[string, string]>([
		['as it is usual', uri(picture)],
		['with line breaks', uri(picture).replace(/(.{76})/g, '$1\r\n')],
		['with escapes', uri(picture).replace(/\+/g, '%2B').replace(/\//g, '%2f').replace(/=/g, '%3D')],
		['for URLs and without padding', `data:image/jpeg;base64,${picture.toString('base64url')}`],
		['with parameters', `DATA:image/jpeg;name="a.jpg";BASE64 ,${base64}`],
		['without a type', `data:;base64,${base64}`],
		['of a type that says nothing', `data:application/octet-stream;base64,${base64}`],
		['of another kind of picture', `data:image/png;base64,${base64}`],
		['with escapes alone', `data:image/jpeg,${percent(picture)}`],
	])('%s is measured', async (_what, text) => {
		expect(await look(text)).toEqual({ kind: 'inspected', facts });
	});

	it('may be an SVG in plain text', async () => {
		const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><text>ü</text></svg>';
		const seen = {
			kind: 'inspected',
			facts: { bytes: Buffer.byteLength(svg), mimeType: undefined, width: 30, height: 20 },
		};
		expect(await look(`data:image/svg+xml,${svg}`)).toEqual(seen);
		expect(await look(`data:image/svg+xml;utf8,${encodeURIComponent(svg)}`)).toEqual(seen);
	});

	it.each([
		'filesystem-v2',
		'filesystem',
		's3',
		'database',
		'default',
		' filesystem-v2 ',
		'filesystem-v2:workflows/a/executions/1/binary_data/b-c',
	])('is not what n8n has in its place: %s', async (mark) => {
		const { reason, ...rest } = (await look(`data:video/mp4;base64,${mark}`)) as { reason: string };
		expect(rest).toEqual({ kind: 'unusable', isBroken: true });
		expect(reason).toMatch(/n8n's reference to a stored file.* Binary Inputs/);
	});

	it.each<[string, string, RegExp]>([
		['nothing', 'data:image/png;base64,', /without a file/],
		['nothing but breaks', 'data:image/png;base64,\n\n', /without a file/],
		['no text', 'data:image/png,', /without a file/],
		['a text', 'data:image/png;base64,[object Object]', /invalid Base64/],
		['a word', 'data:image/png;base64,undefined', /invalid Base64/],
		['one character too many', `${uri(picture.subarray(0, 999))}A`, /invalid Base64/],
		['two texts that were joined', `${uri(picture.subarray(0, 1000))}${base64}`, /invalid Base64/],
		['two addresses that were joined', `${uri(picture.subarray(0, 999))},${uri(picture)}`, /invalid Base64/],
		['an ellipsis', `${uri(picture).slice(0, 4000)}…`, /invalid Base64/],
		['a wrong character far behind', `${uri(Buffer.alloc(3_000_000))}AAA*`, /invalid Base64/],
		['three bytes', 'data:image/png;base64,null', /only 3 bytes/],
		['a web page', uri(' <!DOCTYPE html><title>Log in</title>', 'image/png'), /is a web page/],
		[
			'a web page, plain',
			`data:image/png,${encodeURIComponent('<html><body>Log in</body></html>')}`,
			/is a web page/,
		],
		['JSON', uri('{"error":"not found"}', 'video/mp4'), /is text \(JSON or XML\)/],
		[
			'XML',
			uri('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>', 'image/png'),
			/is text \(JSON or XML\)/,
		],
		[
			'a video in place of a picture',
			uri(video, 'image/png'),
			/declared as image\/png, but its content is video\/mp4/,
		],
		[
			'a picture in place of a video',
			uri(picture, 'video/mp4'),
			/declared as video\/mp4, but its content is image\/jpeg/,
		],
		['a picture in place of a sound', uri(picture, 'audio/mpeg'), /declared as audio\/mpeg/],
		['a document in place of a picture', uri('%PDF-1.7 and so on', 'image/png'), /content is application\/pdf/],
	])('is none with %s', async (_what, text, reason) => {
		expect(await look(text)).toEqual({ kind: 'unusable', isBroken: true, reason: expect.stringMatching(reason) });
	});

	it.each([
		['sound in a container for video', uri(video, 'audio/mp4')],
		['a moving GIF', uri(`GIF89a${'\0'.repeat(30)}`, 'video/mp4')],
		['unknown bytes', uri(Buffer.alloc(100, 7), 'video/mp4')],
		['few bytes that are no proof', uri(`ID3${'\x01'.repeat(30)}`, 'image/png')],
	])('is not refused for %s', async (_what, text) => {
		expect(await look(text)).toMatchObject({ kind: 'inspected' });
	});

	it('of 45 MB is gone through in pieces, and others have their turn in between', async () => {
		const clock = countingClock();
		const long = `data:video/mp4;base64,${'QUJD'.repeat(12_000_000)}`;
		expect(await probeDataUri(long, clock)).toMatchObject({ kind: 'inspected', facts: { bytes: 36_000_000 } });
		expect(clock.turns).toBeGreaterThan(10);
	});

	it.each([0, 1, 2, 3])('keeps an escape together that the end of a piece would cut (%d)', async (shift) => {
		const text = `data:application/octet-stream,${'a'.repeat(shift)}${'%41'.repeat(200_000)}`;
		expect(await look(text)).toMatchObject({ facts: { bytes: 200_000 + shift } });
		const base64Text = `data:;base64,${'A'.repeat(shift)}${'%2B'.repeat(200_004 - shift)}`;
		expect(await look(base64Text)).toMatchObject({ facts: { bytes: 150_003 } });
	});
});
