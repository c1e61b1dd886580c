import type { Plan } from '../requests';

/** A graph in ComfyUI's API format. */
export type Graph = Record<string, { class_type: string; inputs: Record<string, unknown>; _meta?: { title?: string } }>;

/** Values for inputs of nodes, as they are saved with a deployment or sent with a request. */
export type Overrides = Record<string, { inputs: Record<string, unknown> }>;

/** A deployment. The fields of RunComfy keep its spelling. */
export interface SimulatedDeployment {
	id: string;
	name: string;
	workflow_id: string;
	workflow_version: string;
	status: string;
	is_enabled: boolean;
	hardware: string[];
	min_instances: number;
	max_instances: number;
	queue_size: number;
	keep_warm_duration_in_seconds: number;
	created_at: string;
	updated_at: string;
	/** Whose it is: another account gets 404. */
	accountName: string;
	/** The saved graph; a LoRA deployment has none. */
	workflow?: Graph;
	overrides?: Overrides | null;
	/** The text of its object_info file; a file of real size with the classes of the demo workflows by default. */
	objectInfo?: string;
	/** Why every submit is refused: 10001, 10003. A disabled one (10002) has `is_enabled: false`. */
	refuses?: 'insufficient_funds' | 'deleted';
}

/** A request that a deployment accepted. */
export interface DeploymentRequest {
	id: string;
	accountName: string;
	deploymentId: string;
	/** The body as it was sent, digit by digit. */
	bodyText: string;
	/** The graph that runs: saved graph, saved overrides where they are applied, sent overrides. */
	graph?: Graph;
	/** The flat input of a LoRA deployment. */
	input?: Record<string, unknown>;
	plan: Plan;
	submittedAt: number;
	cancelledAt?: number;
	/** Whether the same graph ran here before, so that ComfyUI had nothing to do. */
	isCached: boolean;
	webhookUrl?: string;
}

/** How the object_info file is served. */
export type ObjectInfoHabit =
	| 'ok'
	| 'forbidden'
	| 'missing'
	| 'html'
	| 'broken'
	| 'nan'
	/** To the simulator by its other name, which is another origin. */
	| 'redirect'
	| 'redirectLoop'
	/** A piece each second. */
	| 'drip'
	/** More than anybody should read. */
	| 'endless';

/** What nobody knows of the service before it is tried live, each switchable. Milliseconds. */
export interface DeploymentSettings {
	listShape: 'array' | 'wrapped';
	/** What becomes of `{}` and `{"overrides":{}}`. */
	emptySubmit: 'accepted' | 'refused';
	/** Whether `payload.overrides` are applied to a submit that does not send them. */
	savedOverrides: 'applied' | 'ignored';
	/** What becomes of a node or an input that the saved graph does not have. */
	unknownNodes: 'ignored' | 'refused';
	runningCancel: 'accepted' | 'refused';
	cancelAnswer: 'outcome' | 'status';
	/** Where submit, status, result and cancel live; `both` knows v1 and v2. */
	prefix: 'v1' | 'v2' | 'both';
	/** The HTTP status of 10001, 10002 and 10003. */
	refusalStatus: 200 | 403 | 422;
	/** Whether ComfyUI keeps its results: the same graph then succeeds with empty outputs. */
	cache: 'off' | 'on';
	completedWord: 'completed' | 'succeeded';
	cancelledWord: 'cancelled' | 'canceled';
	/** How the reason of a failed run is written, where it is a text. */
	errorAs: 'object' | 'list' | 'text' | 'nodeErrors';
	/** What a request waits in the queue besides its plan, when no instance is warm. */
	coldStartMs: number;
	objectInfo: ObjectInfoHabit;
	/** Whether file hosts refuse callers without an ordinary User-Agent. */
	refusesUnnamedAgents: boolean;
	webhooks: WebhookSettings;
	/** Whether status and result repeat the URL of the webhook. */
	repeatsWebhook: boolean;
}

/** How RunComfy calls back. Milliseconds. */
export interface WebhookSettings {
	/** The pause before the first retry; each later one is twice as long. */
	firstRetryMs: number;
	/** How often each call is sent. */
	copies: number;
	/** The final call comes before those about queue and run. */
	reordered: boolean;
	/** No call is ever sent. */
	lost: boolean;
	/** Whether it calls about a cancelled request. */
	onCancel: boolean;
	/** Where public hosts are on this machine, as a proxy in front of n8n would have it: origin by origin. */
	hosts: Record<string, string>;
}

export const DEFAULT_DEPLOYMENT_SETTINGS: DeploymentSettings = {
	listShape: 'array',
	emptySubmit: 'accepted',
	savedOverrides: 'ignored',
	unknownNodes: 'refused',
	runningCancel: 'refused',
	cancelAnswer: 'outcome',
	prefix: 'both',
	refusalStatus: 403,
	cache: 'off',
	completedWord: 'completed',
	cancelledWord: 'cancelled',
	errorAs: 'object',
	coldStartMs: 0,
	objectInfo: 'ok',
	refusesUnnamedAgents: false,
	repeatsWebhook: false,
	webhooks: { firstRetryMs: 1_000, copies: 1, reordered: false, lost: false, onCancel: true, hosts: {} },
};
