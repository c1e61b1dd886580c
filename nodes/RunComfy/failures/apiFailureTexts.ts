import type { Charged, FailureCode } from '../shared/failure';
import type { JobTarget } from '../shared/job';

/** What an API call was for, and about which request or model. */
export interface ApiSubject {
	purpose: 'submit' | 'status' | 'result' | 'cancel' | 'catalog' | 'account';
	requestId?: string;
	target?: JobTarget;
}

interface Circumstances {
	said?: string;
	detail?: string;
	networkCode?: string;
	isProxy?: boolean;
	charged: Charged;
}

interface FailureText {
	message: string;
	description: string;
}

/** The two sentences that a workflow author reads: what happened, and what to do next. */
export function apiFailureText(code: FailureCode, subject: ApiSubject, facts: Circumstances): FailureText {
	const { message, advice } = TEXTS[code]?.(subject, facts) ?? unexpected(subject, facts);
	const said = facts.said ? ` RunComfy says: "${facts.said}".` : '';
	const bill = subject.purpose === 'submit' && facts.charged === 'no' ? ' Nothing was charged.' : '';
	return { message: withRequestId(message, subject), description: `${advice}${said}${bill}` };
}

/** What to do when RunComfy does not know what was to run. */
const ADVICE_OF_FAMILY = {
	model: 'Pick the model from the list in Model. The URL of a model page is not always its ID.',
	deployment: 'Pick the deployment from the list in Deployment. It may have been deleted.',
};

type TextBuilder = (subject: ApiSubject, facts: Circumstances) => { message: string; advice: string };

const TEXTS: Partial<Record<FailureCode, TextBuilder>> = {
	unauthorized: () => ({
		message: 'RunComfy did not accept the API token',
		advice:
			'Open the RunComfy API credential, paste the current token from runcomfy.com/profile (Account, API Token) and test it. Creating a new token there ends the old one.',
	}),
	insufficient_balance: (subject) => ({
		message: 'The RunComfy balance is too low',
		advice: `Top up the account on runcomfy.com. ${nextStep(subject)}`,
	}),
	forbidden: (subject) =>
		isAboutRequest(subject)
			? {
					message: 'RunComfy does not let this API token see the request',
					advice:
						'It was submitted by another account, or the token lost its rights. Use the credential of the account that submitted it, and check the token.',
				}
			: {
					message: 'RunComfy does not allow this with the API token of the credential',
					advice: 'Check on runcomfy.com that the account may use this model, and that the token is current.',
				},
	not_found: (subject) =>
		isAboutRequest(subject)
			? {
					message: 'RunComfy does not know this request',
					advice:
						'Check Request ID: it is the request_id that Submit returned, with nothing before or after it. RunComfy may also have deleted an old request.',
				}
			: {
					message: subject.target?.targetId
						? `RunComfy does not know the ${subject.target.family} "${subject.target.targetId}"`
						: 'There is no RunComfy API at this URL',
					advice: subject.target?.targetId
						? ADVICE_OF_FAMILY[subject.target.family]
						: 'Check the two URLs in the RunComfy API credential, or switch Use Custom Endpoints off.',
				},
	invalid_input: (subject) =>
		subject.purpose === 'submit'
			? {
					message: 'RunComfy did not accept the input',
					advice: 'Change the fields that it names, then run this again.',
				}
			: {
					message: 'RunComfy did not accept the call',
					advice: 'Check the parameters of this node.',
				},
	rate_limited: (subject) => ({
		message: 'RunComfy asks to slow down',
		advice: `It kept answering that there are too many calls. Wait a few minutes. ${nextStep(subject)}`,
	}),
	submit_outcome_unknown: (_subject, facts) => ({
		message: 'It is unknown whether RunComfy accepted the request',
		advice: `${facts.detail ?? ''} It may have been accepted and charged. Look at Generations on runcomfy.com before you run this again, so that nothing is paid twice.`.trim(),
	}),
	service_unavailable: (subject, facts) => ({
		message: facts.isProxy
			? 'A proxy between n8n and RunComfy asks for a login'
			: facts.networkCode
				? "Couldn't connect to RunComfy"
				: 'RunComfy is not working properly at the moment',
		advice: [
			facts.networkCode ? `The reason: ${readableCode(facts.networkCode)}.` : facts.detail,
			facts.isProxy
				? 'Check the proxy settings of n8n (HTTPS_PROXY with user and password) or ask the person who runs the proxy.'
				: isAboutRequest(subject)
					? ''
					: 'Check the network and the URLs in the credential.',
			nextStep(subject),
		]
			.filter(Boolean)
			.join(' '),
	}),
};

function unexpected(subject: ApiSubject, facts: Circumstances): { message: string; advice: string } {
	return {
		message: 'RunComfy answered with something that this node does not understand',
		advice: [
			facts.detail,
			isAboutRequest(subject) ? nextStep(subject) : 'Check the URLs in the RunComfy API credential, or try again later.',
		]
			.filter(Boolean)
			.join(' '),
	};
}

/** Running the node again would submit again, so a request that is on its way is fetched instead. */
function nextStep(subject: ApiSubject): string {
	return isAboutRequest(subject)
		? 'The request itself goes on: fetch it with the operation Wait and its Request ID, which costs nothing.'
		: 'Then run this again.';
}

function isAboutRequest(subject: ApiSubject): boolean {
	return subject.purpose === 'status' || subject.purpose === 'result' || subject.purpose === 'cancel';
}

function withRequestId(message: string, subject: ApiSubject): string {
	return subject.requestId ? `${message} (request ${subject.requestId})` : message;
}

/** In words: n8n replaces a message that holds such a code by one of its own. */
function readableCode(code: string): string {
	if (code === 'ECONNREFUSED') return 'connection refused';
	if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'no such host name';
	if (/ssrf/i.test(code)) return "n8n's SSRF protection does not allow this address";
	if (code === 'ECONNRESET') return 'connection closed';
	if (code === 'ECONNABORTED' || code === 'ETIMEDOUT') return 'no answer in time';
	return code.toLowerCase().replace(/_/g, ' ');
}
