namespace Quorate.Cli.Demo;

/// <summary>The story on real chains, in its order.</summary>
sealed class DemoStory(DemoReport report, DemoScene scene, CancellationToken cancellation)
{
    /// <summary>With chains, or without where there are none.</summary>
    internal async Task TellAsync()
    {
        var wallet = new WalletSteps(scene, cancellation);
        var payments = new PaymentSteps(scene, cancellation);
        var record = new RecordSteps(scene, cancellation);
        var loss = new LossSteps(scene, payments, record, cancellation);
        Part[] parts =
        [
            new("wallet", "A wallet, made by three nodes together", "a vault, and a wallet by an order for distributed key generation", wallet.MakeAsync),
            new("addresses", "Its addresses", "an address on each chain", wallet.AddressAsync),
            .. scene.Live.Length > 0 ? Sent(wallet, payments, loss) : Signed(loss),
            new("backup", "Backups of the nodes' vaults", "an order for backups, and quorate backup verify on each", new BackupSteps(scene, wallet, cancellation).BackUpAsync),
            new("audit", "The audit log, checked offline", "quorate audit export, and quorate audit verify on it and on a changed copy", record.AuditAsync),
            .. scene.Live.Length > 0 ? (Part[])[new("receipts", "A receipt for every signature, checked offline", "quorate audit receipt on each", record.ReceiptsAsync)] : [],
        ];
        report.Steps = 1 + parts.Length;
        foreach (var part in parts)
            await report.StepAsync(part.Id, part.Title, part.Tries, part.Work);
    }

    sealed record Part(string Id, string Title, string Tries, Func<DemoStep, Task> Work);

    Part[] Sent(WalletSteps wallet, PaymentSteps payments, LossSteps loss) =>
    [
        new("funds", "The faucets pay", "payments from the devnet's faucets", wallet.FundAsync),
        new("denied", "A payment that the policy denies", "a transfer above what the policy allows at all", payments.DeniedAsync),
        new("approved", "A payment that takes two approvals", "a transfer above what one member may pay alone, approved by two devices", payments.TwoApprovalsAsync),
        new("confirmed", "In a block, on every chain", "a small transfer on each other chain, and confirmations of all", payments.EveryChainAsync),
        new("killed", "A node dies, and payments go on", "kill -9 for a node that has signed, and another transfer", loss.KillAsync),
        Hostile(loss, new HostileSteps(scene, cancellation).SwapAsync),
    ];

    Part[] Signed(LossSteps loss)
    {
        report.LeaveOut($"faucets, broadcast, confirmations and receipts: there are no chain nodes ({scene.Profile.WithoutChains ?? "those of --rpc have no faucet"})");
        var unsent = new UnsentSteps(scene, cancellation);
        return
        [
            new("denied", "A payment that the policy denies", "a transaction above what the policy allows at all, at a node", unsent.DeniedAsync),
            new("approved", "A payment that takes two approvals", "a transaction above what one member may pay alone, approved by two devices, at a node", unsent.TwoApprovalsAsync),
            new("signed", "Signed on every chain, sent on none", "a small transaction of each chain, signed and verified", unsent.EveryChainAsync),
            new("killed", "A node dies, and signing goes on", "kill -9 for a node, and another transaction", step => unsent.KilledAsync(loss, step)),
            Hostile(loss, unsent.SwapAsync),
        ];
    }

    // It takes all nodes.
    static Part Hostile(LossSteps loss, Func<DemoStep, Task> swap) =>
        new("hostile", "A hostile server swaps the recipient", "an approved intent with another transaction, handed to every node", async step =>
        {
            await loss.ReturnAsync(step);
            await swap(step);
        });
}
