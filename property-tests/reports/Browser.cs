// A real browser for the pages: Debian's Chromium, without a network.

using PuppeteerSharp;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using Xunit;

namespace PyState.PropertyTests.Reports;

/// <summary>One Chromium for a class of tests.</summary>
public sealed class Browser : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("pystate-html-").FullName;
    private IBrowser? chromium;

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (chromium is not null)
        {
            await chromium.CloseAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Opens a report from a file.</summary>
    /// <param name="report">The report.</param>
    /// <param name="width">The width of the window, in pixels.</param>
    /// <param name="dark">Whether the reader likes it dark.</param>
    internal Task<Opened> Open(ReportDocument report, int width = 1280, bool dark = false) => OpenText(HtmlReport.Text(report), "report.html", width, dark);

    /// <summary>Opens a page from a file.</summary>
    /// <param name="html">The page.</param>
    /// <param name="name">The name of the file.</param>
    /// <param name="width">The width of the window, in pixels.</param>
    /// <param name="dark">Whether the reader likes it dark.</param>
    internal async Task<Opened> OpenText(string html, string name, int width = 1280, bool dark = false)
    {
        // The sandbox needs privileges that a container has not; what is opened here was written here.
        chromium ??= await Puppeteer.LaunchAsync(new LaunchOptions { Headless = true, ExecutablePath = Programs.Find("chromium"), Args = ["--no-sandbox", "--disable-gpu"] });
        string file = Path.Combine(folder, $"{Guid.NewGuid():N}", name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, html);
        IPage page = await chromium.NewPageAsync();
        var opened = new Opened(page);
        await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = 900 });
        await page.EmulateMediaFeaturesAsync([new() { MediaFeature = MediaFeature.PrefersColorScheme, Value = dark ? "dark" : "light" }]);
        await page.GoToAsync(new Uri(file).AbsoluteUri);
        return opened;
    }
}

/// <summary>An open page, and what went wrong in it.</summary>
internal sealed class Opened
{
    /// <summary>Listens to a page.</summary>
    /// <param name="page">The page.</param>
    public Opened(IPage page)
    {
        Page = page;
        page.Console += (_, e) => Troubles.Add($"console: {e.Message.Text}");
        page.Dialog += async (_, e) =>
        {
            Troubles.Add($"dialog: {e.Dialog.Message}");
            await e.Dialog.Dismiss();
        };
        page.PageError += (_, e) => Troubles.Add($"error: {e.Message}");
        page.Request += (_, e) => Requests.Add(e.Request.Url);
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Errors, messages on the console, dialogs.</summary>
    public List<string> Troubles { get; } = [];

    /// <summary>Everything that was asked for.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>The value of an expression.</summary>
    /// <param name="expression">JavaScript.</param>
    /// <typeparam name="T">Its type.</typeparam>
    public Task<T> Value<T>(string expression) => Page.EvaluateExpressionAsync<T>(expression);

    /// <summary>The text of the page as it is shown.</summary>
    public Task<string> Text() => Value<string>("document.body.innerText");

    /// <summary>Goes to a cell.</summary>
    /// <param name="index">The number of the implementation.</param>
    /// <param name="clause">The clause.</param>
    public async Task GoTo(int index, string clause)
    {
        await Page.EvaluateExpressionAsync($"location.hash = '#/{index}/{clause}'");
        await Page.WaitForSelectorAsync("[data-view=evidence]");
    }
}
