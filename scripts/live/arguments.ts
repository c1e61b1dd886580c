import { parseArgs } from 'node:util';

import type { BaseUrls } from './client';

/** What a run of the check does. */
export interface CheckSettings {
	token: string;
	urls: BaseUrls;
	/** USD that the paid requests may cost together; 0 for free calls only. */
	spendUsd: number;
	/** A deployment to run once. */
	deploymentId: string | undefined;
	/** Where the report goes. */
	reportFile: string;
}

const MAX_SPEND_USD = 5;

/**
 * Reads the command line and the environment.
 *
 * @throws Error saying what is missing or wrong
 */
export function readSettings(args: string[], env: NodeJS.ProcessEnv): CheckSettings {
	const { values } = parseArgs({
		args,
		options: {
			spend: { type: 'string' },
			deployment: { type: 'string' },
			report: { type: 'string', default: 'output/check-live.md' },
		},
	});
	const token = env.RUNCOMFY_API_TOKEN?.trim();
	if (!token)
		throw new Error('Set RUNCOMFY_API_TOKEN to an API token of runcomfy.com (Profile > Account > API Token).');
	return {
		token,
		urls: {
			model: baseUrl('RUNCOMFY_MODEL_API_URL', env.RUNCOMFY_MODEL_API_URL ?? 'https://model-api.runcomfy.net'),
			platform: baseUrl('RUNCOMFY_PLATFORM_API_URL', env.RUNCOMFY_PLATFORM_API_URL ?? 'https://api.runcomfy.net'),
		},
		spendUsd: values.spend === undefined ? 0 : spendLimit(values.spend),
		deploymentId: values.deployment?.trim() || undefined,
		reportFile: values.report,
	};
}

function spendLimit(text: string): number {
	const limit = Number(text);
	if (text.trim() !== '' && limit > 0 && limit <= MAX_SPEND_USD) return limit;
	throw new Error(`--spend must be a number of USD above 0 and up to ${MAX_SPEND_USD}, not "${text}"`);
}

/** The token is sent there, so it is only sent encrypted or to this machine. */
function baseUrl(name: string, text: string): string {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	const isLocal = url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
	if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal)) return text.replace(/\/+$/, '');
	throw new Error(`${name} must be an https URL (or http on this machine), not "${text}"`);
}
