import type { INodeProperties } from 'n8n-workflow';

/** What the fields of a form can't take, and where to enter it instead: n8n shows no text beside the fields themselves. */
export const formNotice: INodeProperties = {
	displayName:
		'Each field is a single line, so pasted text loses its line breaks. Enter long texts in <b>Text Inputs</b>, files from the incoming item in <b>Binary Inputs</b>, and inputs without a field as JSON in <b>Options > Additional Inputs</b>.',
	name: 'formNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { specifyInput: ['fields'] }, hide: { '@tool': [true] } },
};
