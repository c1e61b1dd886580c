import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

const WRONG_TOKEN =
	'RunComfy rejected this API token. Copy the current token from runcomfy.com/profile (Account > API Token), without quotes or the word Bearer. Creating a new token there revokes the old one immediately.';
const NO_PERMISSION =
	"This API token can't read the balance. Check on runcomfy.com that the account is active, or create a new token there.";
const NO_BALANCE = 'The API token is valid, but the account has no balance left. Top it up on runcomfy.com.';
const WRONG_URL =
	'There is no RunComfy API at this URL. Check Platform API URL (without /prod), or turn off Use Custom Endpoints.';
const REDIRECTED =
	'This URL redirects to another one, and the token is never sent along. Enter the final URL in Platform API URL, or turn off Use Custom Endpoints.';
const WEB_PAGE =
	'This URL returns a web page instead of an API response. Check Platform API URL: the RunComfy website has a different URL.';
const OTHER_JSON =
	"This URL responds, but doesn't return a RunComfy balance. Check Platform API URL, or turn off Use Custom Endpoints.";
const BUSY = 'RunComfy rate limit reached. Wait a minute, then try again.';
const OUT_OF_ORDER = 'The RunComfy API is currently unavailable. Wait a few minutes, then try again.';
const REFUSED_WITH_CODE =
	'RunComfy returned an error code for the test. Check on runcomfy.com that the account is active, then create a new API token there.';

function statusRule(value: number, message: string) {
	return { type: 'responseCode' as const, properties: { value, message } };
}

function bodyRule(key: string, value: unknown, message: string) {
	return { type: 'responseSuccessBody' as const, properties: { key, value, message } };
}

export class RunComfyApi implements ICredentialType {
	name = 'runComfyApi';

	displayName = 'RunComfy API';

	icon: Icon = { light: 'file:runComfy.svg', dark: 'file:runComfy.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-runcomfy/n8n-nodes-runcomfy#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'API Token',
			name: 'apiToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'Copy it from <a href="https://www.runcomfy.com/profile" target="_blank">runcomfy.com/profile</a> (Account > API Token)',
			description: 'Creating a new token on runcomfy.com revokes the old one immediately',
		},
		{
			displayName: 'Use Custom Endpoints',
			name: 'customEndpoints',
			type: 'boolean',
			default: false,
			description: "Whether to use base URLs other than RunComfy's own (proxy, staging, local simulator)",
		},
		{
			displayName: 'Model API URL',
			name: 'modelApiUrl',
			type: 'string',
			default: 'https://model-api.runcomfy.net',
			placeholder: 'e.g. https://model-api.runcomfy.net',
			description: 'Base URL of the Model API, without /v1',
			displayOptions: { show: { customEndpoints: [true] } },
		},
		{
			displayName: 'Platform API URL',
			name: 'platformApiUrl',
			type: 'string',
			default: 'https://api.runcomfy.net',
			placeholder: 'e.g. https://api.runcomfy.net',
			description: 'Base URL of the Platform API (balance, deployments), without /prod',
			displayOptions: { show: { customEndpoints: [true] } },
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: {
				Authorization: '=Bearer {{$credentials.apiToken.trim()}}',
			},
		},
	};

	/** A free read. n8n takes the first rule that matches; those on the body apply to 2xx answers only. */
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{$credentials.customEndpoints ? $credentials.platformApiUrl.trim().replace(/\\/+$/, "") : "https://api.runcomfy.net"}}',
			url: '/prod/v2/balance',
			method: 'GET',
			disableFollowRedirect: true,
			timeout: 20000,
		},
		rules: [
			// RunComfy's code for a bad token starts with 400, and its clients expect it with 401 (not documented).
			statusRule(400, WRONG_TOKEN),
			statusRule(401, WRONG_TOKEN),
			statusRule(402, NO_BALANCE),
			statusRule(403, NO_PERMISSION),
			statusRule(404, WRONG_URL),
			statusRule(405, WRONG_URL),
			statusRule(410, WRONG_URL),
			...[301, 302, 303, 307, 308].map((status) => statusRule(status, REDIRECTED)),
			statusRule(429, BUSY),
			...[500, 502, 503, 504].map((status) => statusRule(status, OUT_OF_ORDER)),
			bodyRule('error_code', 400002, NO_BALANCE),
			bodyRule('error_code', 400004, WRONG_TOKEN),
			bodyRule('error_code', 401001, WRONG_TOKEN),
			bodyRule('error_code', 403001, NO_PERMISSION),
			bodyRule('error_code', 403003, NO_PERMISSION),
			bodyRule('error_code', 404001, WRONG_URL),
			// A rule can only compare for equality; the type of the value tells that there is any code at all.
			bodyRule('error_code.constructor', Number, REFUSED_WITH_CODE),
			bodyRule('error_code.constructor', String, REFUSED_WITH_CODE),
			bodyRule('error_code.constructor', Boolean, REFUSED_WITH_CODE),
			bodyRule('error_code.constructor', Object, REFUSED_WITH_CODE),
			// The body of an HTML page is one string, whose first character has the key 0.
			...['<', '\n', '\r', ' '].map((first) => bodyRule('0', first, WEB_PAGE)),
			bodyRule('balance_usd', undefined, OTHER_JSON),
			bodyRule('balance_usd', null, OTHER_JSON),
			bodyRule('balance_usd.constructor', String, OTHER_JSON),
			// n8n evaluates both kinds of rule; its type allows only lists of one kind.
		] as ICredentialTestRequest['rules'],
	};
}
