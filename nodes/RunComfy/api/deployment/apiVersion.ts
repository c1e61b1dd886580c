import { isJsonObject } from '../../shared/json';
import { errorCodeOf, NetworkError, type ApiResponse } from '../../transport/apiResponse';
import type { ApiTransport } from '../../transport/apiTransport';
import type { CallControl } from '../jobApi';
import type { ApiVersion } from './paths';

/** Services that know requests of deployments under v1 alone. A run has a transport of its own. */
const servicesOfV1 = new WeakSet<ApiTransport>();

/**
 * Makes a call under v2, and under v1 where the service says that it has no such route. That is no response about a deployment or
 * a request, so nothing was accepted, and the call may go out again even where it is paid.
 *
 * @throws what the call throws
 */
export async function callKnownVersion(
	transport: ApiTransport,
	control: CallControl,
	call: (version: ApiVersion) => Promise<ApiResponse | NetworkError>,
): Promise<ApiResponse | NetworkError> {
	if (servicesOfV1.has(transport)) return await call('v1');
	const outcome = await call('v2');
	if (!isUnknownRoute(outcome)) return outcome;
	await control.rate?.acquire(control.signal, control.deadline);
	const older = await call('v1');
	if (isUnknownRoute(older)) return outcome;
	if (!(older instanceof NetworkError) && older.httpStatus < 500) servicesOfV1.add(transport);
	return older;
}

/** How gateways and web frameworks say that they have no such route; RunComfy's own 404 has an `error_code` (documented). */
const NO_ROUTE = /^(not found|no route\b.*|404 page not found|cannot (get|post) .*)$/i;

function isUnknownRoute(outcome: ApiResponse | NetworkError): boolean {
	if (outcome instanceof NetworkError || outcome.httpStatus !== 404) return false;
	const { json, text } = outcome;
	if (json === undefined) return NO_ROUTE.test(text.trim());
	if (!isJsonObject(json) || errorCodeOf(json) !== undefined) return false;
	const messages = [json.detail, json.message, json.error, json.error_message];
	return messages.some((message) => typeof message === 'string' && NO_ROUTE.test(message.trim()));
}
