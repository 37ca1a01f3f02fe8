/* SPDX-License-Identifier: Apache-2.0
 *
 * The servers that lwIP's DHCP client got from option 42. lwIP's own SNTP client is not started: ours asks them.
 * Source: ESP-IDF v6.0, components/lwip/include/apps/esp_sntp.h.
 */

#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"

#include "esp_netif.h"
#include "esp_sntp.h"

/* lwIP's task must run for it to take the order: starting it twice does nothing. */
void xs_esp32_wantTimeServers(xsMachine *the)
{
	if (esp_netif_init() != ESP_OK)
		xsUnknownError("no network");
	esp_sntp_servermode_dhcp(true);
}

void xs_esp32_timeServer(xsMachine *the)
{
	xsIntegerValue index = xsmcToInteger(xsArg(0));
	if (index < 0 || index >= CONFIG_LWIP_SNTP_MAX_SERVERS)
		return;
	const ip_addr_t *address = esp_sntp_getserver((u8_t)index);
	char text[IPADDR_STRLEN_MAX];
	if (!address || ip_addr_isany(address) || !ipaddr_ntoa_r(address, text, sizeof(text)))
		return;
	xsmcSetString(xsResult, text);
}
