import { checkCatalog, modelsOf, type LiveModel } from './catalogFacts';
import { objectOf, type Exchange, type LiveClient } from './client';
import type { Findings } from './findings';

const WRONG_TOKEN = 'check-live-wrong-token';
const NO_SUCH_MODEL = 'n8n-nodes-runcomfy/check-live-no-such-model';
const NO_SUCH_REQUEST = '00000000-0000-4000-8000-000000000000';
const MAX_PAGE = 500;

/** HTTP status and error code of an answer, for the report. */
export function answerOf(exchange: Exchange): string {
	if (exchange.status === 0) return `no answer (${exchange.networkError ?? 'unknown'})`;
	const { error_code: code } = objectOf(exchange);
	return `HTTP ${exchange.status}${code === undefined ? '' : `, error_code ${String(code)}`}`;
}

const hasAnswer = (exchange: Exchange, status: number, code: number) =>
	exchange.status === status && objectOf(exchange).error_code === code;

/**
 * Makes the calls that cost nothing.
 *
 * @returns the models of the catalog
 * @throws Error where the service can't be reached or doesn't accept the token: nothing could be learned then
 */
export async function checkFree(client: LiveClient, findings: Findings): Promise<LiveModel[]> {
	await checkBalance(client, findings);
	await checkWrongToken(client, findings);
	const page = await checkCatalogAccess(client, findings);
	await checkUnknown(client, findings);
	const list = await client.get('platform', '/prod/v2/deployments');
	findings.check('deployment-list', list.status === 200 && Array.isArray(list.json), answerOf(list));
	return modelsOf(page);
}

async function checkBalance(client: LiveClient, findings: Findings): Promise<void> {
	const balance = await client.get('platform', '/prod/v2/balance');
	if (balance.status === 0) throw new Error(`Couldn't connect to RunComfy: ${balance.networkError ?? 'no answer'}`);
	if (balance.status === 401 || balance.status === 403)
		throw new Error(`RunComfy rejected the token in RUNCOMFY_API_TOKEN (${answerOf(balance)})`);
	const { balance_usd: usd, balance_microdollars: micro, currency } = objectOf(balance);
	const isBalance = Number.isFinite(usd) && Number.isFinite(micro) && typeof currency === 'string';
	findings.check(
		'balance',
		balance.status === 200 && isBalance,
		isBalance ? 'two numbers, a currency' : answerOf(balance),
	);
}

async function checkWrongToken(client: LiveClient, findings: Findings): Promise<void> {
	const status = await client.get('model', `/v1/requests/${NO_SUCH_REQUEST}/status`, { token: WRONG_TOKEN });
	findings.check('wrong-token', hasAnswer(status, 401, 400004), answerOf(status));
	const list = await client.get('platform', '/prod/v2/deployments', { token: WRONG_TOKEN });
	findings.check('wrong-token-platform', hasAnswer(list, 401, 401001), answerOf(list));
	const balance = await client.get('platform', '/prod/v2/balance', { token: WRONG_TOKEN });
	findings.check('wrong-token-balance', balance.status === 401, answerOf(balance));
}

async function checkCatalogAccess(client: LiveClient, findings: Findings): Promise<Exchange> {
	const path = `/v1/models?include_schema=true&limit=${MAX_PAGE}&offset=0`;
	const page = await client.get('model', path);
	findings.check('bearer-token', page.status === 200, `catalog: ${answerOf(page)}`);
	checkCatalog(page, findings);
	const open = await client.get('model', '/v1/models?limit=1&offset=0', { token: null });
	findings.check('catalog-token', open.status === 401 || open.status === 403, answerOf(open));
	return page;
}

async function checkUnknown(client: LiveClient, findings: Findings): Promise<void> {
	const request = await client.get('model', `/v1/requests/${NO_SUCH_REQUEST}/status`);
	findings.check('unknown-request', hasAnswer(request, 404, 404001), answerOf(request));
	const { error_code: code, error_message: message } = objectOf(request);
	findings.check('error-body', typeof code === 'number' && typeof message === 'string', keysOf(request));
	const model = await client.get('model', `/v1/models/${NO_SUCH_MODEL}`);
	findings.check('unknown-model', hasAnswer(model, 404, 400001), answerOf(model));
	// There is no model to generate anything with, so that this can't be charged.
	const submit = await client.post('model', `/v1/models/${NO_SUCH_MODEL}`, { body: {} });
	const isSame = submit.status === model.status && objectOf(submit).error_code === objectOf(model).error_code;
	findings.check('unknown-model-submit', isSame && objectOf(submit).request_id === undefined, answerOf(submit));
}

function keysOf(exchange: Exchange): string {
	const keys = Object.keys(objectOf(exchange));
	return keys.length > 0 ? `keys: ${keys.join(', ')}` : `${answerOf(exchange)}, no JSON object`;
}
