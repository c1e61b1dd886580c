import { type Budget } from './budget';
import type { LiveModel } from './catalogFacts';
import { chooseImageToImage, chooseTextToImage, type Choice } from './chooseModel';
import { objectOf, type LiveClient } from './client';
import { checkFile } from './fileFacts';
import type { Findings } from './findings';
import { answerOf } from './freeChecks';
import { checkObservation, checkSubmit, costOf, urlsIn } from './requestFacts';
import { cancelRequest, submitOnce, type SubmitOutcome } from './submit';
import { watch, type LiveRequest, type WatchSettings } from './watch';

/** What the paid checks work with. */
export interface PaidContext {
	client: LiveClient;
	findings: Findings;
	budget: Budget;
	settings: WatchSettings;
	/** IDs of the requests that were watched. */
	accepted: string[];
	/** A line for the terminal. */
	report: (line: string) => void;
}

/** One image of a prompt, one of an image sent as a data URI, and one that is cancelled: each only within the limit. */
export async function checkPaid(context: PaidContext, models: readonly LiveModel[], dataUri: string): Promise<void> {
	const text = chooseTextToImage(models);
	const before = await balanceOf(context.client);
	const first = await tried(
		context,
		'an image from a prompt',
		text,
		async (choice) => await watchOne(context, choice),
	);
	if (first === undefined) return;
	const fell = await fallSince(context.client, before);
	if (first !== 'skipped' && first.succeeded && fell !== undefined)
		context.findings.check('balance-falls', fell > 0, `by ${fell} USD right after the result`);
	const image = chooseImageToImage(models, dataUri);
	const second = await tried(context, 'an image from a data URI', image, async (choice) => {
		const outcome = await watchOne(context, choice);
		context.findings.check('data-uri', outcome.type === 'accepted' && outcome.succeeded, outcome.seen);
		return outcome;
	});
	if (second === undefined) return;
	await tried(context, 'a request to cancel', text, async (choice) => await cancelOne(context, choice));
}

interface Watched {
	type: SubmitOutcome['type'];
	succeeded: boolean;
	seen: string;
	costUsd: number | undefined;
}

/**
 * Does one paid step where the limit has room for it.
 *
 * @returns undefined where nothing more may be submitted: the last submit was unclear, or the user ended the check
 */
async function tried(
	{ budget, findings, report, settings }: PaidContext,
	what: string,
	choice: Choice | undefined,
	work: (choice: Choice) => Promise<Watched>,
): Promise<Watched | 'skipped' | undefined> {
	if (settings.signal.aborted) return undefined;
	if (choice === undefined || !budget.reserve(choice.priceUsd)) {
		const reason = choice === undefined ? 'no model fits' : `${choice.priceUsd} USD may exceed the limit`;
		report(`Skipped    ${what}: ${reason}`);
		findings.measure(`Skipped: ${what}`, reason);
		return 'skipped';
	}
	const watched = await work(choice);
	budget.settle(choice.priceUsd, watched.type === 'refused' ? 0 : watched.costUsd);
	findings.measure(`${what}: ${choice.modelId}`, watched.seen);
	return watched.type === 'unclear' ? undefined : watched;
}

async function submit(context: PaidContext, { modelId, input }: Choice, what: string): Promise<SubmitOutcome> {
	const { client, findings, report } = context;
	const path = `/v1/models/${modelId.split('/').map(encodeURIComponent).join('/')}`;
	const requestPath = (id: string) => `/v1/requests/${id}`;
	const outcome = await submitOnce(client, { api: 'model', path, body: input, requestPath, what }, report);
	if (outcome.type === 'accepted') checkSubmit(outcome.exchange, client.urls, findings);
	const { status } = outcome.exchange;
	const { error_code: code, detail } = objectOf(outcome.exchange);
	if (status === 402) findings.check('empty-balance', code === 400002, answerOf(outcome.exchange));
	if (status === 400 || status === 422) {
		const isDocumented = status === 422 && code === 422001 && Array.isArray(detail);
		findings.check('invalid-input', isDocumented, answerOf(outcome.exchange));
	}
	return outcome;
}

async function watchOne(context: PaidContext, choice: Choice): Promise<Watched> {
	const { client, findings, settings, report } = context;
	const outcome = await submit(context, choice, choice.modelId);
	if (outcome.type !== 'accepted')
		return { type: outcome.type, succeeded: false, seen: answerOf(outcome.exchange), costUsd: undefined };
	context.accepted.push(outcome.request.id);
	const seen = await watch(client, outcome.request, settings, report);
	checkObservation(seen, findings);
	if (seen.final === undefined) await leave(context, outcome.request);
	const { status, output } = seen.final ? objectOf(seen.final) : { status: 'not finished', output: undefined };
	const [url] = urlsIn(output);
	if (url !== undefined) await checkFile(client, url, findings, settings);
	const words = seen.words.map(({ word, afterSeconds }) => `${word} after ${afterSeconds} s`);
	const costUsd = costOf(seen.final);
	const cost = costUsd === undefined ? 'cost unknown' : `${costUsd} USD (base price ${choice.priceUsd})`;
	return {
		type: 'accepted',
		succeeded: status === 'succeeded',
		seen: [String(status), ...words, cost].join('; '),
		costUsd,
	};
}

/** A request that wasn't watched to its end is cancelled where that is possible. */
async function leave({ client, report }: PaidContext, request: LiveRequest): Promise<void> {
	await cancelRequest(client, request, report);
	report(`           Its result can be fetched later, for free, with the request ID ${request.id}`);
}

async function cancelOne(context: PaidContext, choice: Choice): Promise<Watched> {
	const { client, findings, report } = context;
	const before = await balanceOf(client);
	const outcome = await submit(context, choice, `${choice.modelId}, to cancel it`);
	if (outcome.type !== 'accepted')
		return { type: outcome.type, succeeded: false, seen: answerOf(outcome.exchange), costUsd: undefined };
	const { request } = outcome;
	if (context.accepted.length > 0) {
		const isOther = !context.accepted.includes(request.id);
		findings.check(
			'no-idempotency',
			isOther,
			`an equal submit got ${isOther ? 'an ID of its own' : 'the same ID'}`,
		);
	}
	const cancel = await cancelRequest(client, request, report);
	const answer = `${answerOf(cancel)}, outcome ${String(objectOf(cancel).outcome ?? objectOf(cancel).status)}`;
	if (objectOf(cancel).outcome === 'not_cancellable') {
		// It was running already, so that its end is awaited for what it costs.
		const seen = await watch(client, request, context.settings, report);
		return { type: 'accepted', succeeded: false, seen: answer, costUsd: costOf(seen.final) };
	}
	findings.check('cancel-queued', cancel.status === 202 && objectOf(cancel).outcome === 'cancelled', answer);
	const status = await client.get('model', `${request.path}/status`);
	const word = String(objectOf(status).status ?? answerOf(status));
	const isCancelled = word === 'cancelled';
	findings.check('cancel-takes-effect', isCancelled, `${word} right after the cancel`);
	const fell = isCancelled ? await fallSince(client, before) : undefined;
	if (fell !== undefined) findings.check('cancelled-free', fell === 0, `the balance fell by ${fell} USD`);
	return {
		type: 'accepted',
		succeeded: false,
		seen: answer,
		costUsd: fell === undefined ? undefined : Math.max(0, fell),
	};
}

async function balanceOf(client: LiveClient): Promise<number | undefined> {
	const { balance_microdollars: micro } = objectOf(await client.get('platform', '/prod/v2/balance'));
	return typeof micro === 'number' ? micro : undefined;
}

/** What the balance lost. The balance itself is nobody's business, and in no report. */
async function fallSince(client: LiveClient, before: number | undefined): Promise<number | undefined> {
	const after = await balanceOf(client);
	return before === undefined || after === undefined ? undefined : (before - after) / 1_000_000;
}
