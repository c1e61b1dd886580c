const UUID = /\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
const URL_QUERY = /(https?:\/\/[^\s?)"'`|]+)\?[^\s)"'`|]+/g;

/**
 * Makes a text fit for others: without the token (also in base64), e-mail addresses, whole IDs and the queries of URLs,
 * which may be signatures. IDs that aren't UUIDs have to be named.
 */
export function redactorFor(token: string, ids: readonly string[] = []): (text: string) => string {
	const secrets = [token, Buffer.from(token).toString('base64'), encodeURIComponent(token)];
	return (text) =>
		ids
			.reduce((rest, id) => rest.replaceAll(id, `${id.slice(0, 8)}…`), without(secrets, text))
			.replace(UUID, '$1…')
			.replace(EMAIL, '[e-mail]')
			.replace(URL_QUERY, '$1?…');
}

function without(secrets: readonly string[], text: string): string {
	return secrets.reduce((rest, secret) => rest.replaceAll(secret, '[token]'), text);
}
