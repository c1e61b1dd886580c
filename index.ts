export { RunComfyApi } from './credentials/RunComfyApi.credentials';
export { RunComfy } from './nodes/RunComfy/RunComfy.node';
export { RunComfyDurable } from './nodes/RunComfyDurable/RunComfyDurable.node';
