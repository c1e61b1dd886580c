import type { INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import { invalidInput } from '../../shared/failure';

/** The ID of a request that was submitted earlier. */
export const requestIdField: INodeProperties = {
	displayName: 'Request ID',
	name: 'requestId',
	type: 'string',
	default: '={{ $json.request_id ?? $json.error?.request_id }}',
	placeholder: 'e.g. 3f6c1c0e-8a5b-4c57-9a43-2d0f1b7e6a90',
	description:
		'The request_id that Submit returned. By default, it comes from the incoming item, even if that item failed.',
};

/** The request id of an item. @throws RunComfyFailure `invalid_input` */
export function readRequestId(item: ItemContext): string {
	const value = item.parameter('requestId', '');
	const requestId = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	if (requestId === '') {
		throw invalidInput(
			'Request ID is empty',
			'Enter the request_id that Submit returned, or connect a node whose items contain a request_id.',
		);
	}
	// Dots alone would lead to another path of the API.
	if (/^\.+$/.test(requestId) || /[\s/\\?#]/.test(requestId) || requestId.length > 200) {
		throw invalidInput(
			"Request ID isn't the ID of a RunComfy request",
			'It must be a single word without spaces or slashes, such as 3f6c1c0e-8a5b-4c57-9a43-2d0f1b7e6a90.',
		);
	}
	return requestId;
}
