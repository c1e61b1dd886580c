import { chargeSentence, MAY_BE_CHARGED } from '../shared/charge';
import type { Charged, FailureCode } from '../shared/failure';
import type { JobTarget } from '../shared/job';

/** What an API call was for, and which request, model or deployment it was about. */
export interface ApiSubject {
	purpose: 'submit' | 'status' | 'result' | 'cancel' | 'catalog' | 'account';
	requestId?: string;
	target?: JobTarget;
}

interface FailureContext {
	serverMessage?: string;
	detail?: string;
	networkCode?: string;
	isProxy?: boolean;
	charged: Charged;
}

interface FailureText {
	message: string;
	description: string;
}

/** The two sentences that users read: what happened, and what to do next. */
export function apiFailureText(code: FailureCode, subject: ApiSubject, facts: FailureContext): FailureText {
	const { message, advice } = TEXTS[code]?.(subject, facts) ?? unexpected(subject, facts);
	const quoted = facts.serverMessage ? ` RunComfy says: "${facts.serverMessage}".` : '';
	const bill = subject.purpose === 'submit' && facts.charged === 'no' ? ` ${chargeSentence('no')}` : '';
	return { message: withRequestId(message, subject), description: `${advice}${quoted}${bill}` };
}

/** What to do after a failed read, which says nothing about the request. */
export const FETCH_LATER =
	"The request itself isn't affected. Fetch it for free with the Wait operation and its request ID.";

/** What to do when RunComfy doesn't know the target. */
const ADVICE_OF_FAMILY = {
	model: "Select the model from the list in Model. The URL of a model page doesn't always match its ID.",
	deployment:
		"Select the deployment from the list in Deployment. It may have been deleted, or it doesn't belong to the account of this API token.",
};

/** What to do when RunComfy does not know a request. */
const ADVICE_OF_REQUEST = {
	model: 'Check Request ID: it must be exactly the request_id that Submit returned. ',
	deployment:
		'Check Request ID and Deployment: they must be the request_id and deployment_id that Submit returned. Requests of models are read with the resource Model Request. ',
};

type TextBuilder = (subject: ApiSubject, facts: FailureContext) => { message: string; advice: string };

const TEXTS: Partial<Record<FailureCode, TextBuilder>> = {
	unauthorized: () => ({
		message: 'RunComfy rejected the API token',
		advice: 'Open the RunComfy API credential, paste the current token from runcomfy.com/profile (Account > API Token) and test it. Creating a new token there revokes the old one.',
	}),
	insufficient_balance: (subject) => ({
		message: 'The RunComfy balance is too low',
		advice: `Top up the account on runcomfy.com. ${nextStep(subject)}`,
	}),
	forbidden: (subject) =>
		isAboutRequest(subject)
			? {
					message: "The API token doesn't have access to this request",
					advice: 'The request belongs to another account, or the token lost its permissions. Use the credential of the account that submitted it, and check the token.',
				}
			: {
					message: "The API token doesn't have permission for this",
					advice: `Check on runcomfy.com that the account can use this ${subject.target?.family ?? 'model'} and that the token is current.`,
				},
	not_found: (subject) =>
		isAboutRequest(subject)
			? {
					message:
						subject.target?.family === 'deployment'
							? 'This deployment has no such request'
							: 'RunComfy has no such request',
					advice:
						ADVICE_OF_REQUEST[subject.target?.family ?? 'model'] +
						'RunComfy may also have deleted an old request.',
				}
			: {
					message: subject.target?.targetId
						? `RunComfy has no ${subject.target.family} "${subject.target.targetId}"`
						: 'There is no RunComfy API at this URL',
					advice: subject.target?.targetId
						? ADVICE_OF_FAMILY[subject.target.family]
						: 'Check both URLs in the RunComfy API credential, or turn off Use Custom Endpoints.',
				},
	deployment_disabled: (subject) => ({
		message: isAboutRequest(subject)
			? 'The deployment of this request is disabled'
			: `The deployment${subject.target?.targetId ? ` "${subject.target.targetId}"` : ''} is disabled`,
		advice: 'A disabled deployment fails every request. Enable it on runcomfy.com or with the Update operation of the resource Deployment, then run this again.',
	}),
	invalid_input: (subject) =>
		subject.purpose === 'submit'
			? {
					message: 'RunComfy rejected the input',
					advice: 'Correct the fields it names, then run this again.',
				}
			: {
					message: 'RunComfy rejected the API call',
					advice: 'Check the parameters of this node.',
				},
	rate_limited: (subject) => ({
		message: 'RunComfy rate limit reached',
		advice: `RunComfy keeps reporting too many calls. Wait a few minutes. ${nextStep(subject)}`,
	}),
	submit_outcome_unknown: (_subject, facts) => ({
		message: "It's unknown whether RunComfy accepted the request",
		advice: `${facts.detail ?? ''} ${MAY_BE_CHARGED}`.trim(),
	}),
	service_unavailable: (subject, facts) => ({
		message: facts.isProxy
			? 'A proxy between n8n and RunComfy requires a login'
			: facts.networkCode
				? "Couldn't connect to RunComfy"
				: 'RunComfy is currently unavailable',
		advice: [
			facts.networkCode ? `Reason: ${readableCode(facts.networkCode)}.` : facts.detail,
			facts.isProxy
				? "Check n8n's proxy settings (HTTPS_PROXY with user and password), or ask the administrator of the proxy."
				: isAboutRequest(subject)
					? ''
					: 'Check the network and the URLs in the credential.',
			nextStep(subject),
		]
			.filter(Boolean)
			.join(' '),
	}),
};

function unexpected(subject: ApiSubject, facts: FailureContext): { message: string; advice: string } {
	return {
		message: 'Unexpected response from RunComfy',
		advice: [
			facts.detail,
			isAboutRequest(subject)
				? nextStep(subject)
				: 'Check the URLs in the RunComfy API credential, or try again later.',
		]
			.filter(Boolean)
			.join(' '),
	};
}

/** Running the node again would submit again, so a submitted request is fetched instead. */
function nextStep(subject: ApiSubject): string {
	return isAboutRequest(subject) ? FETCH_LATER : 'Then run this again.';
}

function isAboutRequest(subject: ApiSubject): boolean {
	return subject.purpose === 'status' || subject.purpose === 'result' || subject.purpose === 'cancel';
}

function withRequestId(message: string, subject: ApiSubject): string {
	return subject.requestId ? `${message} (request ${subject.requestId})` : message;
}

/** In words, because n8n replaces a message that contains such a code with one of its own. */
function readableCode(code: string): string {
	if (code === 'ECONNREFUSED') return 'connection refused';
	if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'host not found';
	if (/ssrf/i.test(code)) return "n8n's SSRF protection doesn't allow this URL";
	if (code === 'ECONNRESET') return 'connection closed';
	if (code === 'ECONNABORTED' || code === 'ETIMEDOUT') return 'no response in time';
	return code.toLowerCase().replace(/_/g, ' ');
}
