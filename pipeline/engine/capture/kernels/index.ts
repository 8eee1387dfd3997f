/** Every kernel that can be captured, registered by import. */
import './elementwise.ts';
import './linear.ts';
import './reduction.ts';
import './shape.ts';
