/** Hosts of files refuse programs that don't name a browser (inferred from third-party code). */
export const USER_AGENT = 'Mozilla/5.0 (compatible; n8n-nodes-runcomfy)';
