import type { INodeProperties } from 'n8n-workflow';

import type { Run } from '../../execution/run';
import { parseHosts } from '../../files/hostPolicy';
import type { DownloadRules } from '../../files/downloadFile';
import type { DownloadKinds } from '../../files/outputUrls';

const BYTES_PER_MB = 1_048_576;
const DEFAULT_MAX_MB = 2048;

/** Whether and where to put the files of a result. An AI agent gets no files, so it is not asked. */
export const downloadFields: INodeProperties[] = [
	{
		displayName: 'Download Output',
		name: 'downloadOutput',
		type: 'boolean',
		default: true,
		description: 'Whether to fetch the generated files. Their addresses are returned in any case, and expire after some time.',
		displayOptions: { hide: { '@tool': [true] } },
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		placeholder: 'e.g. data',
		hint: 'The name of the output binary field to put the file in',
		description: 'Further files of the same item go to fields with _1, _2 and so on at the end of the name',
		displayOptions: { show: { downloadOutput: [true] }, hide: { '@tool': [true] } },
	},
];

export const downloadHostsOption: INodeProperties = {
	displayName: 'Download Hosts',
	name: 'downloadHosts',
	type: 'string',
	default: '',
	placeholder: 'e.g. cdn.example.com, *.example.org',
	description: "Comma-separated list of hosts that files may come from besides RunComfy's own",
};

export const downloadKindsOption: INodeProperties = {
	displayName: 'Download Kinds',
	name: 'downloadKinds',
	type: 'options',
	options: [
		{ name: 'All Files', value: 'all' },
		{ name: 'Audio Files', value: 'audio' },
		{ name: 'First File', value: 'first' },
		{ name: 'Images', value: 'images' },
		{ name: 'Videos', value: 'videos' },
	],
	default: 'all',
	description: 'Which of the generated files to fetch',
};

export const maxFileSizeOption: INodeProperties = {
	displayName: 'Max File Size',
	name: 'maxFileSize',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: DEFAULT_MAX_MB,
	description: 'The largest file to fetch, in MB',
};

/** What to do with the files of a result. */
export interface DownloadSettings {
	kinds: DownloadKinds;
	binaryPropertyName: string;
	rules: DownloadRules;
}

/** The download settings of an item; undefined when nothing is to be fetched. */
export function readDownloadSettings(run: Run, itemIndex: number): DownloadSettings | undefined {
	const { context } = run;
	if (run.isTool || context.getNodeParameter('downloadOutput', itemIndex, true) !== true) return undefined;
	const options = context.getNodeParameter('options', itemIndex, {});
	const name = String(context.getNodeParameter('binaryPropertyName', itemIndex, 'data') ?? '').trim();
	const maxMb = Number(options.maxFileSize ?? DEFAULT_MAX_MB);
	return {
		kinds: (options.downloadKinds as DownloadKinds | undefined) ?? 'all',
		binaryPropertyName: name === '' ? 'data' : name,
		rules: {
			policy: {
				modelApiOrigin: new URL(run.transport.endpoints.modelApi).origin,
				extraHosts: parseHosts(String(options.downloadHosts ?? '')),
			},
			maxBytes: (Number.isFinite(maxMb) && maxMb > 0 ? maxMb : DEFAULT_MAX_MB) * BYTES_PER_MB,
			signal: run.signal,
			sleep: run.clock.sleep,
		},
	};
}
