/**
 * What a credential of the node holds for RunComfy itself. The URLs of the environment, which `npm run check:live` uses
 * too, lead to a proxy or a simulator instead.
 */
export function liveCredential(apiToken: string): Record<string, string | boolean> {
	const { RUNCOMFY_MODEL_API_URL: modelApiUrl, RUNCOMFY_PLATFORM_API_URL: platformApiUrl } = process.env;
	if (!modelApiUrl || !platformApiUrl) return { apiToken, customEndpoints: false };
	return { apiToken, customEndpoints: true, modelApiUrl, platformApiUrl };
}
