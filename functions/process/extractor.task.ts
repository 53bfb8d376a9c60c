import { AV_LOG_FATAL } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { Channel } from './adapters/libav/extractor/channel.ts';
import { serve } from './adapters/libav/extractor/extractor.ts';

/** The child process that decodes: it has two pipes to the engine, and neither credentials nor files. */
Log.setLevel(AV_LOG_FATAL);
serve(new Channel());
process.exit(0);
