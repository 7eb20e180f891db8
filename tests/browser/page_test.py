#!/usr/bin/env python3
"""The page of the orders service in headless Chromium.

    page_test.py <service program> <screenshot>
"""
import contextlib
import pathlib
import socket
import sys
import tempfile
import unittest

from selenium import webdriver
from selenium.webdriver.chrome import service as chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tools/acts'))
import clients  # noqa: E402
from service import Service  # noqa: E402

PROGRAM = SCREENSHOT = None
WAIT_S = 20
FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
         '--disable-background-networking', '--disable-component-update', '--disable-sync',
         '--disable-dev-shm-usage', '--no-proxy-server', '--window-size=900,760']


class Driver(chrome.Service):
    """By address: a bare machine may have no hosts file to find `localhost` in."""
    @property
    def service_url(self):
        return f'http://127.0.0.1:{self.port}'

    def is_connectable(self):
        with contextlib.suppress(OSError):
            socket.create_connection(('127.0.0.1', self.port), timeout=1).close()
            return True
        return False


def open_browser(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = '/usr/bin/chromium'
    for flag in [*FLAGS, f'--user-data-dir={profile}']:
        options.add_argument(flag)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
    return webdriver.Chrome(service=Driver('/usr/bin/chromedriver'), options=options)


class Page(unittest.TestCase):
    def setUp(self):
        scope = contextlib.ExitStack()
        self.addCleanup(scope.close)
        folder = pathlib.Path(
            scope.enter_context(tempfile.TemporaryDirectory(prefix='coil-orders-')))
        self.service = scope.enter_context(
            Service(PROGRAM, folder / 'orders.sqlite', port=0))
        self.browser = open_browser(folder / 'profile')
        scope.callback(self.browser.quit)

    def order(self, item, quantity):
        self.assertEqual(clients.curl_order(self.service.url, item, quantity)[0], 201)

    def text_of(self, name):
        return self.browser.find_element(By.ID, name).text

    def stripes(self):
        """{item: (its count, its width in pixels)}; read in one go, as it is redrawn."""
        found = self.browser.execute_script(
            'return [...document.querySelectorAll(".stripe")].map('
            's => [s.dataset.item, Number(s.dataset.count), s.offsetWidth])')
        return {item: (count, width) for item, count, width in found}

    def wait_for(self, condition, what):
        WebDriverWait(self.browser, WAIT_S, 0.05).until(lambda _: condition(), what)

    def assert_quiet_log(self):
        self.assertEqual(
            [entry for entry in self.browser.get_log('browser')
             if entry['level'] in ('SEVERE', 'ERROR')], [])

    def test_orders_move_the_chart_and_ctrl_c_says_farewell(self):
        self.order('tea', 3)
        self.browser.get(self.service.url)
        self.wait_for(lambda: self.text_of('state') == 'live', 'the page is live')
        self.wait_for(lambda: self.text_of('total') == '3 pieces sold', 'the old order')
        self.browser.execute_script('window.wasNotReloaded = true')
        before = self.stripes()
        self.assertEqual(before['tea'][0], 3)
        for item, quantity in (('coffee', 6), ('cocoa', 2), ('tea', 1), ('juice', 5)):
            self.order(item, quantity)
        self.wait_for(lambda: self.text_of('total') == '17 pieces sold', 'the new orders')
        after = self.stripes()
        self.assertEqual({item: count for item, (count, _) in after.items()},
                         {'cocoa': 2, 'coffee': 6, 'juice': 5, 'tea': 4})
        self.assertLess(after['tea'][1], before['tea'][1], 'coffee sells better now')
        self.assertTrue(self.browser.execute_script('return window.wasNotReloaded'))
        self.browser.save_screenshot(f'{SCREENSHOT}-live.png')
        self.assert_quiet_log()
        self.assertEqual(self.service.end(), 0)
        self.wait_for(lambda: 'farewell' in self.text_of('state'), 'the farewell')
        self.browser.save_screenshot(f'{SCREENSHOT}-farewell.png')
        self.assert_quiet_log()

    def test_an_item_from_a_stranger_is_text_and_no_markup(self):
        self.order('<img src=x onerror=alert(1)>', 1)
        self.browser.get(self.service.url)
        self.wait_for(lambda: self.text_of('total') == '1 pieces sold', 'the order')
        self.assertEqual(self.browser.find_elements(By.TAG_NAME, 'img'), [])
        self.assert_quiet_log()


if __name__ == '__main__':
    SCREENSHOT = sys.argv.pop(2)
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
