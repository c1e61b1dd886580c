import { objectOf, type Exchange, type LiveClient } from './client';
import { checkFile } from './fileFacts';
import type { Findings } from './findings';
import { answerOf } from './freeChecks';
import { urlsIn } from './requestFacts';
import { cancelRequest, submitOnce, type SubmitOutcome } from './submit';
import { watch, type Observation, type WatchSettings } from './watch';

type Prefix = 'v1' | 'v2';

interface DeploymentContext {
	client: LiveClient;
	findings: Findings;
	settings: WatchSettings;
	report: (line: string) => void;
}

/** Runs a deployment once, with its saved values. */
export async function checkDeployment(context: DeploymentContext, id: string): Promise<void> {
	const { client, findings, settings, report } = context;
	const path = `/deployments/${encodeURIComponent(id)}`;
	const deployment = await client.get('platform', `/prod/v2${path}?includes=payload`);
	const { is_enabled: isEnabled, payload } = objectOf(deployment);
	if (deployment.status !== 200 || isEnabled === false) {
		report(`Skipped    the deployment: ${isEnabled === false ? 'it is disabled' : answerOf(deployment)}`);
		findings.measure('Skipped: the deployment', answerOf(deployment));
		return;
	}
	const saved = (payload ?? {}) as { workflow_api_json?: unknown; object_info_url?: unknown };
	if (typeof saved.object_info_url === 'string') await checkObjectInfo(context, saved.object_info_url);
	const { outcome, prefix } = await submitSaved(context, path, saved.workflow_api_json);
	findings.measure('Deployment submit', answerOf(outcome.exchange));
	if (outcome.type !== 'accepted') {
		const code = Number(objectOf(outcome.exchange).error_code);
		if ([10001, 10002, 10003].includes(code))
			findings.check('deployment-refusals', outcome.exchange.status === 403, answerOf(outcome.exchange));
		return;
	}
	findings.check('deployment-prefix', prefix === 'v2', `accepted under /prod/${prefix}`);
	const seen = await watch(client, outcome.request, settings, report);
	if (seen.final === undefined) await cancelRequest(client, outcome.request, report);
	else await checkDeploymentResult(context, seen, seen.final);
}

async function checkObjectInfo({ client, findings }: DeploymentContext, url: string): Promise<void> {
	const info = await client.named(url);
	const isReadable = info.status === 200 && info.json !== undefined;
	const isOwn = new URL(url).origin === new URL(client.urls.platform).origin;
	findings.check('object-info', isReadable, `${answerOf(info)}, ${info.bytes} bytes`);
	findings.measure('object_info_url', `${isOwn ? 'platform API' : new URL(url).host}, ${info.bytes} bytes`);
}

/** Submits `{}`; where that is clearly refused, the saved value of one input. v1 where v2 has no such route. */
async function submitSaved(
	{ client, findings, report }: DeploymentContext,
	path: string,
	graph: unknown,
): Promise<{ outcome: SubmitOutcome; prefix: Prefix }> {
	let prefix: Prefix = 'v2';
	const send = async (body: unknown) => {
		const base = `/prod/${prefix}${path}`;
		const requestPath = (id: string) => `${base}/requests/${id}`;
		const what = 'one run of the deployment';
		return await submitOnce(
			client,
			{ api: 'platform', path: `${base}/inference`, body, requestPath, what },
			report,
		);
	};
	let outcome = await send({});
	if (isUnknownRoute(outcome.exchange)) {
		prefix = 'v1';
		outcome = await send({});
	}
	if (outcome.type === 'accepted') findings.check('empty-submit', true, 'accepted');
	const { status } = outcome.exchange;
	const overrides = savedValue(graph);
	if (outcome.type !== 'refused' || ![400, 422].includes(status) || overrides === undefined)
		return { outcome, prefix };
	findings.check('empty-submit', false, answerOf(outcome.exchange));
	return { outcome: await send({ overrides }), prefix };
}

/** A router's 404: JSON without an `error_code`, so that no deployment saw the call. */
function isUnknownRoute({ status, json }: Exchange): boolean {
	return status === 404 && json !== undefined && !Array.isArray(json) && (json.error_code ?? null) === null;
}

/** The first input of a graph that has a text or a number, with the value that it has already. */
function savedValue(graph: unknown): Record<string, unknown> | undefined {
	for (const [node, entry] of Object.entries((graph ?? {}) as Record<string, { inputs?: Record<string, unknown> }>)) {
		const found = Object.entries(entry.inputs ?? {}).find(([, value]) =>
			['string', 'number'].includes(typeof value),
		);
		if (found) return { [node]: { inputs: Object.fromEntries([found]) } };
	}
	return undefined;
}

async function checkDeploymentResult(
	{ client, findings, settings }: DeploymentContext,
	seen: Observation,
	final: Exchange,
): Promise<void> {
	const { status, outputs, output, error, cost } = objectOf(final);
	const words = seen.words.map(({ word }) => word);
	const queuedUntil = seen.words.find(({ word }) => word !== 'in_queue')?.afterSeconds ?? 0;
	findings.measure('Deployment', [...words, `result ${String(status)}`].join(', '));
	findings.check('cold-start', true, `queued for ${queuedUntil} s`);
	findings.check('deployment-no-cost', cost === undefined, cost === undefined ? 'no cost' : 'a cost');
	if (status === 'cancelled' || status === 'canceled') {
		findings.check('deployment-cancelled', words.at(-1) === 'cancelled', words.join(', '));
		return;
	}
	findings.check('deployment-completed', words.at(-1) === 'completed', words.join(', '));
	if (status === 'failed') {
		const isKnown = ['string', 'object'].includes(typeof error) && error !== null;
		findings.check('deployment-failures', isKnown, Array.isArray(error) ? 'list' : typeof error);
		return;
	}
	const urls = urlsIn(outputs ?? output);
	const isEmpty = Object.keys(outputs ?? {}).length === 0 && output === undefined;
	if (isEmpty) findings.check('cached-outputs', true, 'succeeded with empty outputs');
	else if (output === undefined) findings.check('deployment-outputs', areChannels(outputs), `${urls.length} URLs`);
	const [url] = urls;
	if (url !== undefined) await checkFile(client, url, findings, settings);
}

/** Whether outputs are nodes with channels with lists. */
function areChannels(outputs: unknown): boolean {
	const isObject = (value: unknown): value is object =>
		typeof value === 'object' && value !== null && !Array.isArray(value);
	return (
		isObject(outputs) &&
		Object.values(outputs).every(
			(node) => isObject(node) && Object.values(node).every((list) => Array.isArray(list)),
		)
	);
}
