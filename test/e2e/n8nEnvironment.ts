import type { N8nCommand } from './n8nServer';
import { freePort } from './ports';

/** The settings of a local n8n, without anything of this process's own environment that it doesn't need. */
export async function n8nEnvironment(n8n: N8nCommand, userFolder: string, port: number): Promise<NodeJS.ProcessEnv> {
	const off = [
		'N8N_DIAGNOSTICS_ENABLED',
		'N8N_VERSION_NOTIFICATIONS_ENABLED',
		'N8N_TEMPLATES_ENABLED',
		'N8N_PERSONALIZATION_ENABLED',
		'N8N_HIRING_BANNER_ENABLED',
		'N8N_DYNAMIC_BANNERS_ENABLED',
		'N8N_VERIFIED_PACKAGES_ENABLED',
		'N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS',
		'N8N_SECURE_COOKIE',
	];
	return {
		PATH: n8n.path,
		HOME: process.env.HOME,
		NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS,
		...Object.fromEntries(off.map((name) => [name, 'false'])),
		N8N_USER_FOLDER: userFolder,
		N8N_ENCRYPTION_KEY: 'a key for a local n8n',
		N8N_PORT: String(port),
		// A worker has no port of its own but this one.
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		// The engine for expressions that n8n 1.123 would take needs a compiled module.
		...(n8n.version.startsWith('1.') ? { N8N_EXPRESSION_ENGINE: 'legacy' } : {}),
		N8N_LOG_LEVEL: 'info',
		WEBHOOK_URL: `http://localhost:${port}/`,
	};
}
