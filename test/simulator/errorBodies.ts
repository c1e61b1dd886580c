/** An error in RunComfy's terms. */
export interface ApiError {
	httpStatus: number;
	errorCode?: number;
	message: string;
	/** The entries of a validation error. */
	detail?: Array<{ loc: string[]; msg: string; type: string }>;
}

/** The shapes in which RunComfy's services write errors, as its own clients know them. */
export type ErrorShape = 'error_code' | 'message' | 'error' | 'detail' | 'http_code' | 'text' | 'html';

export const errors = {
	noToken: { httpStatus: 401, errorCode: 400004, message: 'User account error: invalid or missing token' },
	noBalance: { httpStatus: 402, errorCode: 400002, message: 'Insufficient resources: please top up your balance' },
	foreignRequest: { httpStatus: 403, errorCode: 403001, message: 'Permission denied' },
	unknownRequest: { httpStatus: 404, errorCode: 404001, message: 'Resource not found' },
	unknownModel: { httpStatus: 404, errorCode: 400001, message: 'Invalid resource identifier' },
	notReady: { httpStatus: 400, errorCode: 400005, message: 'Result is not ready' },
	noPlatformToken: { httpStatus: 401, errorCode: 401001, message: 'Unauthorized' },
	unknownDeployment: { httpStatus: 404, errorCode: 404001, message: 'Deployment not found' },
	unknownDeploymentRequest: { httpStatus: 404, errorCode: 404001, message: 'Request not found' },
	insufficientFunds: { httpStatus: 403, errorCode: 10001, message: 'InsufficientFunds' },
	disabledDeployment: { httpStatus: 403, errorCode: 10002, message: 'DisabledDeployment' },
	deletedDeployment: { httpStatus: 403, errorCode: 10003, message: 'DeletedDeployment' },
	cdnForbidden: { httpStatus: 403, message: 'Forbidden' },
	noSuchPath: { httpStatus: 404, message: 'Not Found' },
} satisfies Record<string, ApiError>;

/** Writes an error down: content type and body. */
export function errorBody(error: ApiError, shape: ErrorShape): { contentType: string; body: string } {
	switch (shape) {
		case 'error_code':
			return json({ error_code: error.errorCode ?? null, error_message: error.message, detail: error.detail });
		case 'message':
			return json({ message: error.message });
		case 'error':
			return json({ error: error.message });
		case 'detail':
			return json({ detail: error.detail ?? error.message });
		case 'http_code':
			return json({ http_code: error.httpStatus, error_code: error.errorCode, error_message: error.message });
		case 'text':
			return { contentType: 'text/plain', body: error.message };
		case 'html':
			return {
				contentType: 'text/html',
				body: `<!doctype html><html><head><title>${error.httpStatus}</title></head><body><h1>${error.message}</h1></body></html>`,
			};
	}
}

function json(body: unknown) {
	return { contentType: 'application/json', body: JSON.stringify(body) };
}
