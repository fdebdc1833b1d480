/* SPDX-License-Identifier: GPL-2.0-only */
/* Worlds have one virtual CPU (SMP=n). */
