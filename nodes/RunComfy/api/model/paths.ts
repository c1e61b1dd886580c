/** The path of a model: each segment is encoded, the slashes stay (inferred from RunComfy's Zapier app). */
export function modelPath(modelId: string): string {
	return `/v1/models/${modelId.split('/').map(encodeURIComponent).join('/')}`;
}

/** The path of a request, or of a part of it (documented). */
export function requestPath(requestId: string, part: 'status' | 'result' | 'cancel'): string {
	return `/v1/requests/${encodeURIComponent(requestId)}/${part}`;
}
