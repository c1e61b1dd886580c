import type { INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import { parseHosts } from '../../files/hostPolicy';
import type { DownloadRules } from '../../files/openFile';
import type { DownloadKinds } from '../../files/outputUrls';
import { invalidInput } from '../../shared/failure';
import { jsonPreview } from '../../shared/jsonPreview';
import { BYTES_PER_MB } from '../../shared/units';
import { readBoolean, readChoice, readNumber, readText } from './readParameters';

const downloadOutputField: INodeProperties = {
	displayName: 'Download Output',
	name: 'downloadOutput',
	type: 'boolean',
	default: true,
	description: 'Whether to download the generated files. Their URLs are always returned, but expire after a while.',
	displayOptions: { hide: { '@tool': [true] } },
};

/** Whether and where to put the files of a result. Hidden for AI agents, which get no files. */
export const downloadFields: INodeProperties[] = [
	{
		displayName: 'An agent gets the URLs of the files, not the files. The URLs expire after a while.',
		name: 'toolFilesNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { '@tool': [true] } },
	},
	downloadOutputField,
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		placeholder: 'e.g. data',
		hint: 'The name of the output binary field to put the file in',
		description: 'Additional files of the same item go into fields with _1, _2 and so on appended to this name',
		displayOptions: { show: { downloadOutput: [true] }, hide: { '@tool': [true] } },
	},
];

/** Options about files are shown only when files are fetched. */
const WHERE_FILES_ARE_FETCHED = { show: { '/downloadOutput': [true] }, hide: { '@tool': [true] } };

export const downloadHostsOption: INodeProperties = {
	displayName: 'Download Hosts',
	name: 'downloadHosts',
	type: 'string',
	default: '',
	placeholder: 'e.g. cdn.example.com, *.example.org',
	description: "Comma-separated list of hosts to download files from, in addition to RunComfy's own",
	displayOptions: WHERE_FILES_ARE_FETCHED,
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
	description: 'Which of the generated files to download',
	displayOptions: WHERE_FILES_ARE_FETCHED,
};

export const maxFileSizeOption: INodeProperties = {
	displayName: 'Max File Size',
	name: 'maxFileSize',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 2048,
	description: 'Maximum size of a file to download, in MB',
	displayOptions: WHERE_FILES_ARE_FETCHED,
};

export const fileNameOption: INodeProperties = {
	displayName: 'File Name',
	name: 'fileName',
	type: 'string',
	default: '',
	placeholder: 'e.g. {{ $json.sku }}-{{ $itemIndex }}',
	description:
		'Name of the downloaded file, without extension. If an item has several files, -1, -2 and so on are added. By default, it is the name from the server, followed by the first characters of the request ID.',
	displayOptions: WHERE_FILES_ARE_FETCHED,
};

/** All options about files. */
export const downloadOptions: INodeProperties[] = [
	downloadHostsOption,
	downloadKindsOption,
	fileNameOption,
	maxFileSizeOption,
];

/** What to do with the files of a result. */
export interface DownloadSettings {
	kinds: DownloadKinds;
	/** Without extension; undefined for that of the server. */
	fileName?: string;
	binaryPropertyName: string;
	rules: DownloadRules;
}

/** The download settings of an item; undefined when no files are to be fetched. @throws RunComfyFailure `invalid_input` */
export function readDownloadSettings(item: ItemContext): DownloadSettings | undefined {
	if (item.isTool) return undefined;
	if (!readBoolean(item.parameter('downloadOutput', true), downloadOutputField)) return undefined;
	const options = item.options;
	return {
		kinds: readChoice<DownloadKinds>(options.downloadKinds, downloadKindsOption),
		fileName: readFileName(options.fileName),
		binaryPropertyName: readText(item.parameter('binaryPropertyName', 'data'), 'data'),
		rules: {
			policy: {
				apiOrigins: Object.values(item.transport.endpoints).map((endpoint: string) => new URL(endpoint).origin),
				extraHosts: parseHosts(options.downloadHosts),
			},
			maxBytes: readNumber(options.maxFileSize, maxFileSizeOption) * BYTES_PER_MB,
			signal: item.signal,
			clock: item.clock,
		},
	};
}

/** @throws RunComfyFailure `invalid_input` for a list or an object: as a name, it would be the same for all items */
function readFileName(value: unknown): string | undefined {
	if (typeof value === 'object' && value !== null) {
		throw invalidInput(
			`File Name must be text, not ${jsonPreview(value, 80)}`,
			'Correct the expression in Options, for example {{ $json.sku }}-{{ $itemIndex }}.',
		);
	}
	return readText(typeof value === 'boolean' ? String(value) : value) || undefined;
}
