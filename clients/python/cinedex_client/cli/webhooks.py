"""`cinedex webhooks`: receivers of events, and the log of what was sent to them."""

from __future__ import annotations

from typing import Annotated

import typer

from cinedex_client.cli.display.console import print_json, stderr, stdout
from cinedex_client.cli.display.webhooks import delivery_table, webhook_table
from cinedex_client.cli.remote import EXIT_CODES, JsonOption, KeyOption, UrlOption, deployment
from cinedex_client.errors import ClientError

app = typer.Typer(help="Send events to your own server.", epilog=EXIT_CODES, no_args_is_help=True)

WebhookArgument = Annotated[str, typer.Argument(metavar="WEBHOOK", help="Id of the webhook.")]


@app.command("list")
def list_webhooks(as_json: JsonOption = False, url: UrlOption = None, key: KeyOption = None) -> None:
    """List all webhooks, newest first."""
    with deployment(url, key) as library:
        webhooks = library.webhooks.list()
    if as_json:
        print_json({"results": webhooks})
    elif webhooks:
        stdout().print(webhook_table(webhooks))
    else:
        stderr().print("No webhooks yet. Add one with `cinedex webhooks create URL`.")


@app.command()
def create(
    receiver: Annotated[str, typer.Argument(metavar="URL", help="Where events are sent; https only.")],
    name: Annotated[str | None, typer.Option(help="Default: the URL.")] = None,
    event: Annotated[
        list[str] | None, typer.Option("--event", help="Name of an event; repeatable. Default: all.")
    ] = None,
    group: Annotated[list[str] | None, typer.Option("--group", metavar="ID", help="Only of this group.")] = None,
    as_json: JsonOption = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Create a webhook and print its secret, which is not shown again."""
    with deployment(url, key) as library:
        events = event or library.webhooks.event_names()
        webhook = library.webhooks.create(name or receiver[:100], receiver, events, group_ids=group or ())
    if as_json:
        print_json(webhook)
        return
    stdout().print(webhook_table([webhook]))
    stderr().print("The secret, with which you verify signatures. It is not shown again:")
    typer.echo(webhook.secret)


@app.command("test")
def send_test(
    webhook: WebhookArgument, as_json: JsonOption = False, url: UrlOption = None, key: KeyOption = None
) -> None:
    """Send a signed test request now, and show the answer."""
    with deployment(url, key) as library:
        result = library.webhooks.test(webhook)
    if as_json:
        print_json(result)
    if not result.success:
        raise ClientError(result.error or "The receiver did not accept the request.")
    stderr().print(f"The receiver answered with HTTP status {result.status_code}.")


@app.command()
def deliveries(
    webhook: WebhookArgument,
    status: Annotated[str | None, typer.Option(help="pending, processing, delivered, retrying or failed.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many.")] = 20,
    before: Annotated[str | None, typer.Option(metavar="ID", help="Only older ones than this delivery.")] = None,
    as_json: JsonOption = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """List what was sent to a webhook, newest first."""
    with deployment(url, key) as library:
        sent = library.webhooks.deliveries(webhook, status=status, limit=limit, before=before)
    if as_json:
        print_json({"results": sent})
    elif sent:
        stdout().print(delivery_table(sent))
    else:
        stderr().print("No deliveries.")


@app.command()
def retry(
    delivery: Annotated[str, typer.Argument(metavar="DELIVERY", help="Id of a delivery that has ended.")],
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Send a delivery again."""
    with deployment(url, key) as library:
        library.webhooks.retry(delivery)
    stderr().print("The delivery is attempted again.")


@app.command()
def pause(webhook: WebhookArgument, url: UrlOption = None, key: KeyOption = None) -> None:
    """Send nothing until `cinedex webhooks activate`; events in between are not sent later."""
    with deployment(url, key) as library:
        library.webhooks.update(webhook, status="paused")


@app.command()
def activate(webhook: WebhookArgument, url: UrlOption = None, key: KeyOption = None) -> None:
    """Send events again to a webhook that was paused, or disabled after many failures."""
    with deployment(url, key) as library:
        library.webhooks.update(webhook, status="active")


@app.command("rotate-secret")
def rotate_secret(webhook: WebhookArgument, url: UrlOption = None, key: KeyOption = None) -> None:
    """Replace the secret and print the new one, which is not shown again."""
    with deployment(url, key) as library:
        typer.echo(library.webhooks.rotate_secret(webhook))


@app.command()
def delete(webhook: WebhookArgument, url: UrlOption = None, key: KeyOption = None) -> None:
    """Delete a webhook."""
    with deployment(url, key) as library:
        library.webhooks.delete(webhook)
    stderr().print("The webhook was deleted.")
