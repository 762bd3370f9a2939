using System.CommandLine;
using Quorate.Cli.Api;

namespace Quorate.Cli.Ceremonies;

/// <summary><c>quorate ceremony</c>: from an order to a wallet.</summary>
static class CeremonyCommand
{
    internal static Command Create()
    {
        return new Command("ceremony",
            """
            Make wallets and renew, move, repair, import and back up their keys. An order is written, the administrators approve
            it, and any node that takes part leads it; every node verifies all of that for itself.

            Example:
              quorate ceremony new-wallet --genesis genesis.json --wallet treasury --threshold 2 --out order.json
              quorate ceremony approve order.json --device-key alice.device.json --out alice.approval.json
              quorate ceremony approve order.json --device-key bob.device.json --out bob.approval.json
              quorate ceremony lead order.json --approval alice.approval.json bob.approval.json --node http://127.0.0.1:7101
            """)
        {
            ApproveCommand.Create(), LeadCommand.Create(), LeadCommand.CreateStatus(),
        }.With(OrderCommands.All()).With(RecordCommands.Ceremonies());
    }
}
