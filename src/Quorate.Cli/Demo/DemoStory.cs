namespace Quorate.Cli.Demo;

/// <summary>The story on real chains, in its order.</summary>
sealed class DemoStory(DemoReport report, DemoScene scene, CancellationToken cancellation)
{
    /// <summary>With chains, or without where there are none.</summary>
    internal Task TellAsync() => scene.Live.Length > 0 ? SendAsync() : SignAsync();

    async Task SendAsync()
    {
        var wallet = new WalletSteps(scene, cancellation);
        var payments = new PaymentSteps(scene, cancellation);
        var record = new RecordSteps(scene, cancellation);
        var loss = new LossSteps(scene, payments, record, cancellation);
        await report.StepAsync("wallet", "A wallet, made by three nodes together", "a vault, and a wallet by an order for distributed key generation", wallet.MakeAsync);
        await report.StepAsync("addresses", "Its addresses", "an address on each chain", wallet.AddressAsync);
        await report.StepAsync("funds", "The faucets pay", "payments from the devnet's faucets", wallet.FundAsync);
        await report.StepAsync("denied", "A payment that the policy denies", "a transfer above what the policy allows at all", payments.DeniedAsync);
        await report.StepAsync("approved", "A payment that takes two approvals", "a transfer above what one member may pay alone, approved by two devices", payments.TwoApprovalsAsync);
        await report.StepAsync("confirmed", "In a block, on every chain", "a small transfer on each other chain, and confirmations of all", payments.EveryChainAsync);
        await report.StepAsync("killed", "A node dies, and payments go on", "kill -9 for a node that has signed, and another transfer", loss.KillAsync);
        await report.StepAsync("hostile", "A hostile server swaps the recipient", "an approved intent with another transaction, handed to every node", async step =>
        {
            await loss.ReturnAsync(step);
            await new HostileSteps(scene, cancellation).SwapAsync(step);
        });
        await report.StepAsync("backup", "Backups of the nodes' vaults", "an order for backups, and quorate backup verify on each", new BackupSteps(scene, wallet, cancellation).BackUpAsync);
        await report.StepAsync("audit", "The audit log, checked offline", "quorate audit export, and quorate audit verify on it and on a changed copy", record.AuditAsync);
        await report.StepAsync("receipts", "A receipt for every signature, checked offline", "quorate audit receipt on each", record.ReceiptsAsync);
    }

    async Task SignAsync()
    {
        var wallet = new WalletSteps(scene, cancellation);
        var unsent = new UnsentSteps(scene, cancellation);
        var record = new RecordSteps(scene, cancellation);
        var loss = new LossSteps(scene, new(scene, cancellation), record, cancellation);
        report.LeaveOut($"faucets, broadcast, confirmations and receipts: there are no chain nodes ({scene.Profile.WithoutChains ?? "those of --rpc have no faucet"})");
        await report.StepAsync("wallet", "A wallet, made by three nodes together", "a vault, and a wallet by an order for distributed key generation", wallet.MakeAsync);
        await report.StepAsync("addresses", "Its addresses", "an address on each chain", wallet.AddressAsync);
        await report.StepAsync("denied", "A payment that the policy denies", "a transaction above what the policy allows at all, at a node", unsent.DeniedAsync);
        await report.StepAsync("approved", "A payment that takes two approvals", "a transaction above what one member may pay alone, approved by two devices, at a node", unsent.TwoApprovalsAsync);
        await report.StepAsync("signed", "Signed on every chain, sent on none", "a small transaction of each chain, signed and verified", unsent.EveryChainAsync);
        await report.StepAsync("killed", "A node dies, and signing goes on", "kill -9 for a node, and another transaction", step => unsent.KilledAsync(loss, step));
        await report.StepAsync("hostile", "A hostile server swaps the recipient", "an approved intent with another transaction, handed to every node", async step =>
        {
            await loss.ReturnAsync(step);
            await unsent.SwapAsync(step);
        });
        await report.StepAsync("backup", "Backups of the nodes' vaults", "an order for backups, and quorate backup verify on each", new BackupSteps(scene, wallet, cancellation).BackUpAsync);
        await report.StepAsync("audit", "The audit log, checked offline", "quorate audit export, and quorate audit verify on it and on a changed copy", record.AuditAsync);
    }
}
