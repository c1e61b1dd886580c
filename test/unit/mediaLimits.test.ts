import { mediaLimits } from '../../nodes/RunComfy/schema/mediaLimits';

const rules = (...entries: Array<[string, unknown]>) => ({
	validations: entries.map(([validation_rule, validation_value]) => ({ validation_rule, validation_value })),
});

describe('the rules about a file in a label', () => {
	it.each<[string, Record<string, unknown>, string[]]>([
		['nothing', {}, []],
		['formats', { description: 'Upload jpg/PNG format, at least 300 px' }, ['JPEG/PNG']],
		['formats named twice', { description: 'MP4 or MOV. An .mp4 is best.' }, ['MP4/MOV']],
		['formats that are refused', { description: 'Any image except GIF' }, []],
		['too many formats', { description: 'PNG, JPEG, WEBP, GIF, BMP' }, []],
		['a size', rules(['file_size_mb<', 4.7]), ['< 4.7 MB']],
		['a size as a text', rules(['file_size_mb <=', '16']), ['< 16 MB']],
		['limits of both sides', rules(['width_pixels<=', 4096], ['height_pixels<=', 4096]), ['max 4096 px']],
		[
			'limits in both directions',
			rules(['shortest_side_pixels>=', 320], ['width_pixels<', 4097], ['height_pixels<', 4097]),
			['320–4096 px'],
		],
		['a limit that is not allowed itself', rules(['width_pixels>', 14], ['height_pixels>', 14]), ['min 15 px']],
		['limits of one side', rules(['width_pixels<=', 4096], ['height_pixels<=', 2048]), []],
		['a ratio in both directions', rules(['width/height<=', 3], ['width/height>', 0.33]), ['ratio up to 3:1']],
		['another ratio', rules(['width/height<=', 2.5], ['width/height>=', 0.5]), ['ratio 0.5–2.5']],
		['a ratio in one direction', rules(['width/height<=', 3]), []],
		['what is no rule', { validations: [null, 'x', { validation_rule: 'width<', validation_value: null }] }, []],
		['rules that are no list', { validations: 'x', description: 7 }, []],
	])('%s', (_what, schema, expected) => expect(mediaLimits(schema)).toEqual(expected));
});
