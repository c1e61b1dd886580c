import { invalidInput } from '../shared/failure';

export const MODEL_API_URL = 'https://model-api.runcomfy.net';
export const PLATFORM_API_URL = 'https://api.runcomfy.net';

/** The two base URLs of one credential, without a trailing slash. */
export interface Endpoints {
	modelApi: string;
	platformApi: string;
}

/**
 * Reads the base URLs of a credential. While custom endpoints are off, the two URL fields are ignored.
 *
 * @throws RunComfyFailure `invalid_input` when a custom URL is not http or https
 */
export function endpointsOf(credential: Record<string, unknown>): Endpoints {
	if (credential.customEndpoints !== true) return { modelApi: MODEL_API_URL, platformApi: PLATFORM_API_URL };
	return {
		modelApi: baseUrl(credential.modelApiUrl, 'Model API URL', MODEL_API_URL),
		platformApi: baseUrl(credential.platformApiUrl, 'Platform API URL', PLATFORM_API_URL),
	};
}

function baseUrl(value: unknown, fieldName: string, fallback: string): string {
	const text = typeof value === 'string' ? value.trim().replace(/\/+$/, '') : '';
	if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text) || /[?#]/.test(text)) {
		throw invalidInput(
			`${fieldName} in the RunComfy API credential isn't a URL`,
			`It must start with https:// (or http:// for a local simulator), for example ${fallback}. Or turn off Use Custom Endpoints.`,
		);
	}
	return text;
}
