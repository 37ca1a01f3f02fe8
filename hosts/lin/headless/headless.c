/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a program that mcconfig built for `lin` (mc.so) without the SDK's simulator, its window and its debugger: loads it, lends it a
 * screen that shows nothing, and serves GLib's main loop. Built by check:esp32 with the SDK's screen.h. Leaves out: mods, workers.
 * Usage: headless MC.SO SECONDS; exits 0 when the time is over, 1 when the program aborted.
 */

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "screen.h"

static GMainLoop *loop;
static int result;

static void on_abort(txScreen *screen, int status)
{
	(void)screen;
	fprintf(stderr, "headless: the program aborted, XS status %d\n", status);
	result = 1;
	g_main_loop_quit(loop);
}

static gboolean on_tick(gpointer data)
{
	txScreen *screen = data;
	if (screen->idle)
		screen->idle(screen);
	return TRUE;
}

static guint tick;

static void on_start(txScreen *screen, double interval)
{
	(void)interval;
	if (!tick)
		tick = g_timeout_add(5, on_tick, screen);
}

static void on_stop(txScreen *screen)
{
	(void)screen;
	if (tick)
		g_source_remove(tick);
	tick = 0;
}

static void on_change(txScreen *screen)
{
	(void)screen;
}

static void on_post(txScreen *screen, char *buffer, int size)
{
	(void)screen;
	(void)buffer;
	(void)size;
}

static gboolean on_end(gpointer data)
{
	(void)data;
	g_main_loop_quit(loop);
	return FALSE;
}

int main(int count, char **arguments)
{
	if (count != 3) {
		fprintf(stderr, "usage: headless MC.SO SECONDS\n");
		return 2;
	}
	void *library = dlopen(arguments[1], RTLD_NOW);
	txScreenLaunchProc launch = NULL;
	if (library)
		*(void **)&launch = dlsym(library, "fxScreenLaunch");
	txScreen *screen = calloc(1, sizeof(*screen));
	if (!launch || !screen) {
		const char *why = dlerror();
		fprintf(stderr, "headless: %s\n", why ? why : "no memory");
		return 2;
	}
	screen->abort = on_abort;
	screen->bufferChanged = on_change;
	screen->formatChanged = on_change;
	screen->post = on_post;
	screen->start = on_start;
	screen->stop = on_stop;
	g_mutex_init(&screen->workersMutex);
	loop = g_main_loop_new(NULL, FALSE);
	g_timeout_add_seconds((guint)atoi(arguments[2]), on_end, NULL);
	launch(screen);
	g_main_loop_run(loop);
	return result;
}
