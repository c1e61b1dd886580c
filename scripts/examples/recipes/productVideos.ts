import { PUBLIC_IMAGE } from '../../../test/e2e/examples';
import { fixedData, manual, runComfy, splitOut, type ExampleInputs } from '../parts';
import type { Example } from '../toWorkflow';

const ROWS = [
	{ sku: 'MUG-01', product: 'a stoneware mug with a blue glaze', image: PUBLIC_IMAGE },
	{ sku: 'LAMP-07', product: 'a brass desk lamp', image: PUBLIC_IMAGE },
	{ sku: 'CHAIR-12', product: 'an oak chair with a woven seat', image: PUBLIC_IMAGE },
];

/** One video per row of a sheet, and a row for the sheet about each. */
export function productVideos(input: ExampleInputs): Example {
	const field = (name: string, value: string, type = 'string') => ({ id: name, name, value, type });
	return {
		file: 'product-videos.json',
		name: 'RunComfy: product videos from a sheet',
		note: {
			does: 'Makes a video of each product in a sheet, ten at a time. The file is named after the SKU. Result Row has one row per product: the URL and cost of the video, or the reason why there is none.',
			costs: 'One image-to-video request per row, for up to 2 USD per run (Spend Limit). Rows that fail the checks are not submitted.',
			change: "Replace Sheet and One Item per Row with Google Sheets > Get Row(s) in Sheet, filtered to the rows without a status, so that you don't pay twice. Add Google Sheets > Update Row after Result Row, matched by sku. The URLs of results expire: to keep the videos, add Google Drive > Upload after Make Videos.",
		},
		nodes: [
			manual,
			fixedData('Sheet', { rows: ROWS }),
			splitOut('One Item per Row', 'rows'),
			runComfy(
				'Make Videos',
				{
					...input.product,
					options: { fileName: '={{ $json.sku }}', includeInputFields: true, spendLimit: 2 },
				},
				{ onError: 'continueErrorOutput' },
			),
			{
				name: 'Result Row',
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				parameters: {
					assignments: {
						assignments: [
							field('sku', '={{ $json.sku }}'),
							field('status', "={{ $json.error ? 'failed' : 'done' }}"),
							field('video_url', "={{ $json.output_urls?.[0] ?? '' }}"),
							field('cost_usd', "={{ $json.cost ?? '' }}"),
							field('reason', "={{ $json.error?.message ?? '' }}"),
						],
					},
					options: {},
				},
			},
		],
		connections: {
			'Manual Trigger': [['Sheet']],
			Sheet: [['One Item per Row']],
			'One Item per Row': [['Make Videos']],
			'Make Videos': [['Result Row'], ['Result Row']],
		},
	};
}
