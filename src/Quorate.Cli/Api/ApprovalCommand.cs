using System.CommandLine;

namespace Quorate.Cli.Api;

/// <summary><c>quorate approval</c>: what waits for somebody.</summary>
static class ApprovalCommand
{
    internal static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "trf_…, txn_…, sig_…, cer_… or act_…" };
        return new("approval",
            """
            What waits for your signature, and giving it.

            Example:
              quorate approval list
              quorate approval give trf_…
            """)
        {
            ApiCommands.List<V1.PendingApproval>("list",
                """
                List what waits for you: acts and orders that you have not signed as an administrator, transfers of which the policy
                says that your approval is missing.

                Example:
                  quorate approval list
                """, "subject kind summary expire_time", async (session, _, cancellation) =>
                    (await session.Client.Approvals.ListPendingApprovalsAsync(new() { PageSize = 200 }, null, cancellation)).Approvals),
            ApiCommands.Make("give",
                """
                Approve with the device key. What is signed is read, hashed and decoded here, whatever the server says of it.

                Example:
                  quorate approval give trf_… --wait
                """, [id, Approving.Yes, Waiting.Option], (session, parsed, cancellation) => GiveAsync(session, parsed, parsed.GetValue(id)!, cancellation)),
            ApiCommands.Ask("show",
                """
                Show what approvals of a transfer, transaction or message are of, and the exact bytes that a device signs.

                Example:
                  quorate approval show trf_…
                """, (session, parsed, cancellation) => session.Client.Approvals.GetIntentAsync(new() { Transfer = parsed.GetValue(id)! }, null, cancellation), id),
        };
    }

    static async Task<int> GiveAsync(ApiSession session, ParseResult parsed, string id, CancellationToken cancellation)
    {
        switch (id.Split('_')[0])
        {
            case "trf" or "txn" or "sig":
                return await Waiting.FinishAsync(session, parsed, await Approving.TransferAsync(session, parsed, id, cancellation), cancellation);
            case "cer":
                return await Waiting.FinishAsync(session, parsed, await Approving.CeremonyAsync(session, parsed, id, cancellation), cancellation);
            case "act":
                ApiCommands.Print(session, await Approving.ActAsync(session, parsed, id, cancellation));
                return 0;
            default:
                throw new CliException($"{id}: trf_…, txn_…, sig_…, cer_… or act_….");
        }
    }
}
