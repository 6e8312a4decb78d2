import { serve } from "../host/serve.ts";
import { postgresql } from "./provider.ts";

await serve(postgresql);
