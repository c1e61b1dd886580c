import type { CheckSettings } from './arguments';
import { Budget } from './budget';
import { checkCalls } from './callFacts';
import { LiveClient, objectOf } from './client';
import { checkDeployment } from './deploymentCheck';
import { readFacts } from './facts';
import { Findings } from './findings';
import { checkFree } from './freeChecks';
import { checkPaid } from './paidChecks';
import { redactorFor } from './redact';
import { writeReport } from './report';
import type { WatchSettings } from './watch';

/** How a check runs, besides what it does. */
export interface CheckContext {
	/** An image for the data URI input, as a data URI. */
	image: string;
	/** Pauses and limits of model requests and of deployments, which start slowly. */
	watch: { model: WatchSettings; deployment: WatchSettings };
	/** A line for the terminal. */
	print: (line: string) => void;
}

/** The outcome of a check. */
export interface CheckResult {
	report: string;
	findings: Findings;
	spentUsd: number;
	/** Why it ended early. */
	problem?: string;
}

/** Runs the check. What it learned before a failure is in the report too. */
export async function runCheck(settings: CheckSettings, { image, watch, print }: CheckContext): Promise<CheckResult> {
	const { token, urls, spendUsd, deploymentId } = settings;
	const client = new LiveClient(urls, token);
	const findings = new Findings(readFacts());
	const budget = new Budget(spendUsd);
	const paid: string[] = [];
	// Request IDs are for the user, who needs them whole.
	const report = (line: string) => print(line.replaceAll(token, '[token]'));
	let problem: string | undefined;
	try {
		report('Free calls');
		const models = await checkFree(client, findings);
		if (spendUsd > 0) {
			paid.push(`model requests for up to ${spendUsd} USD`);
			report(`Paid model requests, up to ${spendUsd} USD`);
			await checkPaid({ client, findings, budget, settings: watch.model, accepted: [], report }, models, image);
		}
		if (deploymentId !== undefined && !watch.deployment.signal.aborted) {
			paid.push('one run of a deployment');
			report('One run of a deployment. RunComfy charges for the time its instance is up.');
			await checkDeployment({ client, findings, settings: watch.deployment, report }, deploymentId);
		}
	} catch (error) {
		problem = redactorFor(token)(error instanceof Error ? error.message : String(error));
	}
	checkCalls(client.exchanges, findings);
	const head = { urls, date: new Date().toISOString(), paid, spentUsd: budget.spentUsd, problem };
	const ids = client.exchanges
		.map((exchange) => objectOf(exchange).request_id)
		.filter((id) => typeof id === 'string');
	const redact = redactorFor(token, deploymentId === undefined ? ids : [...ids, deploymentId]);
	return {
		report: redact(writeReport(head, findings, client.exchanges)),
		findings,
		spentUsd: budget.spentUsd,
		problem,
	};
}
